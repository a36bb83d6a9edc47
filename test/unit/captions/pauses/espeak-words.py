"""Speaks texts with libespeak-ng and prints the samples and the times of the words as JSON.

Standard input: a list of {"text", "voice", "speed"} as JSON. Standard output: one JSON document per line with the sample
rate, the samples as base64 of 16-bit integers, and the words as [index of the first character, seconds].
"""
import base64
import ctypes
import json
import sys


class Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", Id),
    ]


library = ctypes.CDLL("libespeak-ng.so.1")
rate = library.espeak_Initialize(1, 0, None, 0)
sound = bytearray()
words = []


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(Event))
def collect(samples, count, events):
    if samples and count > 0:
        sound.extend(ctypes.string_at(samples, 2 * count))
    index = 0
    while events[index].type != 0:
        if events[index].type == 1:
            words.append([events[index].text_position - 1, events[index].sample / rate])
        index += 1
    return 0


library.espeak_SetSynthCallback(collect)
for asked in json.load(sys.stdin):
    sound.clear()
    words.clear()
    if library.espeak_SetVoiceByName(asked["voice"].encode()) != 0:
        sys.exit("no voice " + asked["voice"])
    library.espeak_SetParameter(1, asked["speed"], 0)
    text = asked["text"].encode()
    library.espeak_Synth(text, len(text) + 1, 0, 1, 0, 1, None, None)
    library.espeak_Synchronize()
    print(json.dumps({"rate": rate, "samples": base64.b64encode(bytes(sound)).decode(), "words": words}))
