"""Base models of request and response bodies: unknown fields are refused, control characters too."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

NO_CONTROLS = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

Text = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_CONTROLS, strip_whitespace=True)]
LongText = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=NO_CONTROLS, strip_whitespace=True)]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class Body(BaseModel):
    """A request body: an unknown field is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """A response body."""

    model_config = ConfigDict(frozen=True)
