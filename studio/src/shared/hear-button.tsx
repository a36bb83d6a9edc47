import { useEffect, useRef, useState } from "preact/hooks";
import { send } from "../service/api.ts";
import type { Voice } from "../service/types.ts";
import { useText } from "../text/languages.ts";
import { Icon } from "./icons.tsx";

/** Plays a sentence in a voice. */
export function HearButton({ voice }: { voice: Voice }) {
  const text = useText();
  const [playing, setPlaying] = useState(false);
  const audio = useRef<HTMLAudioElement | null>(null);
  const stop = () => {
    audio.current?.pause();
    audio.current = null;
    setPlaying(false);
  };
  useEffect(() => stop, [voice.id]);
  const play = async () => {
    setPlaying(true);
    const response = await send(`/api/v1/voices/${encodeURIComponent(voice.id)}/sample`);
    if (!response.ok) return setPlaying(false);
    const url = URL.createObjectURL(await response.blob());
    const sound = new Audio(url);
    audio.current = sound;
    sound.onended = () => {
      URL.revokeObjectURL(url);
      setPlaying(false);
    };
    await sound.play().catch(() => setPlaying(false));
  };
  return (
    <button
      type="button"
      aria-label={playing ? text("stopHearing") : text("hear", { name: voice.name })}
      onClick={() => (playing ? stop() : void play())}
    >
      <Icon name={playing ? "stop" : "play"} />
    </button>
  );
}
