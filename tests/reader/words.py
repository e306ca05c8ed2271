"""Compare words of docs/protocol/enrolment.md."""

from .forms import H

KANA = "あ い う え か き け こ さ し す せ そ た ち て と な に の は ひ ふ ほ ま み も や ゆ よ ら り".split()
LATIN = ("a i u e ka ki ke ko sa shi su se so ta chi te to na ni no ha hi fu ho ma mi mo ya yu yo ra ri").split()


def compare_words(root, registration):
    number = int.from_bytes(H("renkei/v1/bundle", root, registration)[:10], "big")
    places = [number >> shift & 31 for shift in range(75, -1, -5)]
    return tuple(" ".join("".join(table[place] for place in places[at:at + 4]) for at in range(0, 16, 4))
                 for table in (KANA, LATIN))
