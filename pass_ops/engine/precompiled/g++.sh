#!/bin/sh
# g++ as Jittor 1.3.11 calls it, but for Jittor's headers, with which all of its files and kernels begin: they are compiled
# once and lie beside what Jittor compiles. Parsing them is most of the work. Where that failed, or g++ finds that they were
# compiled for other flags, it reads the headers themselves. `pass_ops.engine.precompiled.headers` says where this script lies.

# Jittor gives kernels to a program in Python, which asks for assembler code, to change it where the kernel has a mark.
# Few have.
if [ "${1#--python=}" != "$1" ]; then
    python=${1#--python=}
    shift
    case $1 in */asm_tuner.py) ;; *) exec "$python" "$@" ;; esac
    if grep -q @begin "$3"; then exec "$python" "$@"; fi
    shift 2
fi

case "$* " in
    *" -include "*) exec g++ "$@" ;;
    *"_op.cc "*" -Ofast"*" -o /"*) kind=kernel ;;
    *".cc "*" -c -o /"*) kind=core ;;
    *) exec g++ "$@" ;;
esac

# Compiled headers are of use where the same flags are set; search paths and what is made of the file do not matter.
flags= same=$kind
for flag in "$@"; do
    case $flag in
        -c | -o | -S | -shared | -l* | -L* | -Wl,* | /*) continue ;;
        -I*) ;;
        *) same="$same $flag" ;;
    esac
    flags="$flags '$flag'"
done
for output in "$@"; do :; done
place=${output%/*}
headers=${place%/*}/headers/$(echo "$same" | cksum | cut -d ' ' -f 1).h

if [ ! -e "$headers.gch" ]; then
    mkdir -p "${headers%/*}"
    if [ $kind = kernel ]; then
        printf '#define %s 1\n' JIT JIT_cpu
        printf '#include <%s>\n' algorithm cassert cmath limits
        printf '#include "%s.h"\n' var fused_op executor misc/cpu_math ops/op_register
        printf '#include "ops/%s_op.h"\n' array binary broadcast_to getitem index reduce reindex reindex_reduce setitem \
            ternary unary
    else
        printf '#include <%s>\n' algorithm chrono cmath fstream iomanip limits regex sstream
        printf '#include "%s.h"\n' common var op fused_op executor graph op_compiler var_holder mem/allocator \
            ops/op_register opt/pass_manager pyjt/py_converter pyjt/py_obj_holder utils/str_utils
    fi > "$headers.$$"
    mv "$headers.$$" "$headers"
    # One process compiles them; others do not wait. A power cut must not leave half of them.
    eval "flock --nonblock '$headers' g++ $flags -x c++-header -o '$headers.$$' '$headers'" 2>/dev/null \
        && sync "$headers.$$" && mv "$headers.$$" "$headers.gch" || rm -f "$headers.$$"
fi
# A file whose own names are in conflict with a header that it does not want, or what is wrong by itself, is left to g++.
g++ -include "$headers" "$@" 2>/dev/null || exec g++ "$@"
