"""The form of a stored question: a field for each parameter, what it can be, and what is wrong with what was given.

The pattern is that of GOV.UK: what is wrong stands in a summary at the top that leads to the fields, and at each field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lepgraph.choosing import Choice
from lepgraph.errors import ParameterFault
from lepgraph.querying import Parameter, StoredQuery
from lepgraph.terms import XSD
from lepgraph.web.replies import site
from lepgraph.words import worded

PICKED = 60
"""Choices up to which they are a list to pick from; of more, a person types and is offered what fits."""
_DATED = {"date": XSD.date, "month": XSD.gYearMonth}


@dataclass(frozen=True)
class Field:
    """A field: ``control`` is select, list (text with suggestions), date, month, number, or text."""

    name: str
    label: str
    control: str
    value: str
    hint: str
    required: bool
    choices: tuple[Choice, ...] = ()
    fault: str = ""

    @property
    def id(self) -> str:
        """The id of the control on its page."""
        return f"parameter-{self.name}"

    @property
    def described(self) -> str:
        """The ids of what describes the control."""
        ids = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*ids, f"{self.id}-fault"] if self.fault else ids)


def fields(
    query: StoredQuery, given: Mapping[str, str], faults: Mapping[str, ParameterFault], *, example: bool
) -> list[Field]:
    """The fields of a question's form, with what was given, or else with the example if that is wanted."""
    return [_field(parameter, given, faults.get(parameter.name), example) for parameter in query.parameters]


def strangers(query: StoredQuery, faults: Mapping[str, ParameterFault]) -> list[str]:
    """What is wrong that is no field's."""
    known = {parameter.name for parameter in query.parameters}
    return [f"{fault.detail} {fault.hint}".strip() for name, fault in faults.items() if name not in known]


def _field(parameter: Parameter, given: Mapping[str, str], fault: ParameterFault | None, example: bool) -> Field:
    choices = site().choices.of(parameter)
    value = given.get(parameter.name, parameter.example if example and parameter.required else "")
    control = _control(parameter, choices, fault)
    if control == "list" and not fault:
        value = site().choices.label(parameter, value)
    if control == "select":
        value = next((choice.value for choice in choices if value in (choice.value, str(choice.term))), value)
    return Field(
        name=parameter.name,
        label=parameter.description.rstrip(".") or parameter.name,
        control=control,
        value=value,
        hint=_hint(parameter, choices, control),
        required=parameter.required,
        choices=choices,
        fault=_said(parameter, fault) if fault else "",
    )


def _control(parameter: Parameter, choices: tuple[Choice, ...], fault: ParameterFault | None) -> str:
    if choices:
        return "select" if len(choices) <= PICKED else "list"
    if fault:
        return "text"  # a control for dates or numbers would not show what was given
    return {"date": "date", "integer": "number", "decimal": "number"}.get(parameter.type, "text")


def _hint(parameter: Parameter, choices: tuple[Choice, ...], control: str) -> str:
    if control == "select" or not parameter.example:
        return ""
    if control == "list":
        return f"Begin to type a name, for instance {site().choices.label(parameter, parameter.example)}."
    datatype = _DATED.get(parameter.type)
    if datatype:
        return f"For instance {parameter.example}, which is {worded(parameter.example, datatype)}."
    return f"For instance {parameter.example}."


def _said(parameter: Parameter, fault: ParameterFault) -> str:
    """What is wrong, to a person who sees the label of the field and not the parameter's name."""
    if fault.plain:
        return fault.plain
    label = parameter.description.rstrip(".") or parameter.name
    said = fault.detail.replace(f"The parameter {parameter.name} is missing.", "This is needed.")
    if said.startswith(f"{parameter.name} "):
        said = label + said.removeprefix(parameter.name)
    return f"{said.rstrip('.')}. {fault.hint.replace(f'{parameter.name}=', '')}".strip()
