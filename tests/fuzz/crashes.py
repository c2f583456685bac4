"""What fuzzing has found, each with what was wrong; all of it is refused or read rightly now."""

from __future__ import annotations

import base64
import json
import zlib

from tests.fuzz.seeds import SEEDS

_JPEG = SEEDS["picture"][0]

_STATISTICS = zlib.decompress(
    base64.b85decode(
        r"c-pO1%}yFo6uvXUI2h8P>7C3ZEZBHsQ-2V}v`xFX1A`cUszj@@8*v<{3Ur_)xN2NBrfC|}m5<P67hN>QMW3MQW"
        r"Aq*DJ$Ggh5mB1nko$A)cfRkOa}TgebJIA0hwy_XEMhc*P%t7OgiMU^2v)|KF@hy5Md#3%V5)*SJd7?c5emgbh7"
        r"tuqM9iHbefLl-$S&%RSt@s-2=WWnT^Lm-QD1R%I!EwB-&u}=GmK7uRrYVLb_yE1ZtW=}<FGFi2!q=QQZUAC5&^"
        r"KfGox-h-G}W)z<sc3XGx?=wL;N4G;svs@TjN`>|4!Iv=jwuI0tLhgHrvvrD!_4z9qmcQe|(iX4Tz8aHm<fYA#e"
        r"_&_r_1$BJ;>DDBpZ?p`WdCA(Nhil{}k6M~{RtR;~Y(RdVCR7Ay5j!1&Y?FH7xSsfSwq#j|*bLK8-1VLi$9B$;C"
        r"<%6Jn7RWb&91Gpr>L%lmw%C;sGH=CoE|OERpU46pk5?~F^g~d73gmo%d>pu6v+>bQ>`^x<_chv-j)UY^;D0Ll#"
        r"qr*{Rh<ioe3AO8j_8NXJB0I`3d)&4z7LX5gS{KOcZfc-*Kcjqzh&}O{#R<{eMk|BtXzbU7FEMEmwUPS%>6d0e*"
        r"#l5p4d92bd9=Wk<td$ZJMFfrYW1-bOu<4O^VV5Zn#=0;MlGK3@g-tGc%_-{t%}52F$Z9{Brs+6J;ACWpE=GF=%"
        r"USgRzp|JSdx4MrypCa`9B>qN{iLZ-8;e+|0#IIA%NiQ)%yPWP0cyne#?-Wu5Kyb%uYs0Hxw76k8xKe?BtYSU!m"
        r"7w;=WOnumA8q55oxzun<K57SN}e^^Moic?<S2Gl$2K{=d1($Zb=Z+P)%ntA@B5dYM+udnBBkH0XZ*UT+YNiPH5"
        r";AA#PWFa2jCoQMj^dW!U$#3lg)bLvC1yW;G(|PmOs!tTE)d|yaDvj7X%c+$r<yay)8K0ciPS{Uy*AEIw2(7X|_"
        r"P_iAKBN"
    )
)
"""A table of one row, of which a byte is changed."""

CRASHES: dict[str, tuple[str, bytes]] = {
    # 430 s of `weights`: every key was named, with all that are known beside it.
    "a refusal of thousands of signs": (
        "weights",
        json.dumps({"stage": "x", "network": {}} | {f"key {n}": n for n in range(99)}).encode(),
    ),
    # 446 s of `picture`: IndexError.
    "a scan that does not say how many channels it has": (
        "picture",
        _JPEG[:2] + b"\xff\xda\0\2" + _JPEG[2:],
    ),
    # 216 s of `shard_index`: PyArrow ended the process, or hung.
    "statistics of another length": ("shard_index", _STATISTICS),
}
"""Target and bytes, by what happened."""
