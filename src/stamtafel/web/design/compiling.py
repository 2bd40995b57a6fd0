"""Templates compiled for one language: what is the same on every request is worked out once.

Most of what a page says is fixed once the language is known: words, addresses without parts, icons. Such a call
becomes plain text when its template is compiled. What is left is called directly: Jinja's own way asks of every
function on every call whether it wants the context, and ours never do.
"""

from collections.abc import MutableMapping
from functools import partial
from keyword import iskeyword
from typing import Any, Final

from django.urls import NoReverseMatch
from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from markupsafe import _escape_inner as escaped  # type: ignore[attr-defined]  # what escape() calls for a plain text

FIXED: Final = frozenset({"_", "gettext", "pgettext", "url", "asset", "svg_icon", "language", "dutch"})


markup: Final = partial(str.__new__, Markup)  # Markup(text) first asks whether a text is more than text


def html(value: Any) -> str:
    """Escape, but leave at once what a macro made: that is most of what a page is put together from."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    return escaped(value) if kind is str else escape(value)


class DirectCalls(CodeGenerator):
    """Writes ``f(x)`` where Jinja writes ``context.call(f, x)``. No function of ours wants the context."""

    opened = False

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's own name
        """Let the module that is written know ``html`` and ``markup``."""
        self.writeline("html, markup = environment.html, environment.markup")
        super().visit_Template(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: FBT001, FBT002, N802 - Jinja's own signature
        """Write one call."""
        self.visit(node.node, frame)
        self.write("(")
        self.opened = True
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """A macro as a function whose arguments Python sorts out; Jinja's own object does so by hand at each call."""
        names = [argument.name for argument in macro_ref.node.args]
        if macro_ref.accesses_kwargs or macro_ref.accesses_varargs or any(map(iskeyword, names)):
            super().macro_def(macro_ref, frame)
            return
        taken = [f"{name}=missing" for name in names]
        if macro_ref.accesses_caller and "caller" not in names:
            names.append("caller")
            taken.append("caller=undefined('No caller defined', name='caller')")
        self.write(f"lambda {', '.join([*taken, '*', 'macro=macro'])}: macro({', '.join(names)})")

    def return_buffer_contents(self, frame: Frame, force_unescaped: bool = False) -> None:  # noqa: FBT001, FBT002 - Jinja's own signature
        """What a macro gave. It is markup where it was written; Jinja asks at each call, of an object we do without."""
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super().return_buffer_contents(frame, force_unescaped)
        else:
            self.writeline(f"return markup(concat({frame.buffer}))")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            super().write("html(")

    def write(self, x: str) -> None:
        """Write, without the comma that Jinja begins its arguments with."""
        if self.opened:
            self.opened = False
            x = x.removeprefix(", ")
        super().write(x)


class Folding(NodeTransformer):
    """Puts the answer in the place of a call whose answer never changes."""

    def __init__(self, functions: MutableMapping[str, Any]) -> None:
        self.functions = functions

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's own name
        """The answer when all arguments are constants, the call itself otherwise."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name not in FIXED or node.dyn_args or node.dyn_kwargs:
            return node
        values = [*node.args, *(pair.value for pair in node.kwargs)]
        if not all(isinstance(value, nodes.Const) for value in values):
            return node
        given = [value.value for value in node.args if isinstance(value, nodes.Const)]
        named = {pair.key: pair.value.value for pair in node.kwargs if isinstance(pair.value, nodes.Const)}
        try:
            found = self.functions[name](*given, **named)
        except (NoReverseMatch, KeyError, FileNotFoundError):
            return node  # a page that does not exist here may stand behind an "if"; else it fails where it is read
        return nodes.Const(found, lineno=node.lineno)


class CompiledEnvironment(Environment):
    """Jinja's environment with the two savings above, and plain dictionaries for what every template knows."""

    code_generator_class = DirectCalls
    html = staticmethod(html)
    markup = staticmethod(markup)

    def _generate(self, source: nodes.Template, *rest: Any, **named: Any) -> str:
        Folding(self.globals).visit(source)
        return super()._generate(source, *rest, **named)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows; copied once when it is loaded, instead of looked up in two places at each name."""
        return {**self.globals, **(d or {})}
