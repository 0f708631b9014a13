"""Call an environment's compiled rules from a compiled kernel, by address.

The kernel is then compiled once for all environments, and Numba's disk cache, which does not see
what a function calls, never holds an environment's rules of yesterday. A call costs about 10 ns.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from llvmlite import ir  # type: ignore[import-untyped]
from numba import boolean, float32, int64, types
from numba.core import cgutils
from numba.extending import intrinsic

from tasks.protocol import BatchRules

STATE = int64[::1]
STEP = types.FunctionType(int64(STATE, int64, STATE))
LEGAL = types.FunctionType(types.none(STATE, boolean[::1]))
OBSERVE = types.FunctionType(types.none(STATE, float32[::1]))


class UncompiledRulesError(TypeError):
    """Rules that cannot be called from compiled code."""


class RuleCalls(NamedTuple):
    """Where the machine code of `BatchRules` starts."""

    step: int
    legal: int
    observe: int


def rule_calls(rules: BatchRules) -> RuleCalls:
    """Compile the rules, or load them from Numba's cache, and return their addresses.

    The addresses hold as long as the rules' functions are alive.

    Raises:
        UncompiledRulesError: if a function is not `numba.njit` of the protocol's signature.
    """
    return RuleCalls(
        _address(rules.step, STEP), _address(rules.legal, LEGAL), _address(rules.observe, OBSERVE)
    )


def _address(function: Any, kind: Any) -> int:
    wanted = kind.signature
    if not hasattr(function, "get_compile_result"):
        raise UncompiledRulesError(f"{function!r} is not compiled; decorate it with numba.njit")
    result = function.get_compile_result(wanted)
    if result.signature.return_type != wanted.return_type:
        raise UncompiledRulesError(
            f"{function!r} returns {result.signature.return_type}, not {wanted.return_type}"
        )
    return int(result.library.get_pointer_to_function(result.fndesc.llvm_func_name))


def _caller(kind: Any) -> Any:
    """Return an intrinsic that turns an address into a function of this kind."""

    def function_at(_context: Any, address: Any) -> Any:
        def build(context: Any, builder: ir.IRBuilder, _signature: Any, arguments: Any) -> Any:
            function = cgutils.create_struct_proxy(kind)(context, builder)
            pointer = context.get_value_type(types.voidptr)
            function.c_addr = cgutils.get_null_value(pointer)
            function.py_addr = cgutils.get_null_value(pointer)
            function.jit_addr = builder.inttoptr(arguments[0], pointer)
            return function._getvalue()

        return kind(address), build

    return intrinsic(function_at)


step_at = _caller(STEP)
legal_at = _caller(LEGAL)
observe_at = _caller(OBSERVE)
