// What every page runs: suggestions while somebody types into a search field.
import { suggesting } from "./suggesting";

for (const input of document.querySelectorAll<HTMLInputElement>("input[data-suggest]")) suggesting(input);
