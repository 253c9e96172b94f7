document.documentElement.dataset.workbench = "";
