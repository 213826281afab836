"""Where havens or temporary bases protect most people: placements with a proof of how good they are.

`median` (least total of minutes), `centre` (least longest way), `covering` (most people within reach), each also in
`capacitated` where sites fill up; `check` replays every answer.
Distances come as a matrix, demand by candidate; whoever calls says what they are (minutes, metres, seasons).
"""
