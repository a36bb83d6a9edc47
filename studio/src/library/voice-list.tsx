import { listVoices } from "../service/calls.ts";
import { HearButton } from "../shared/hear-button.tsx";
import { useLoaded } from "../shared/use-loaded.ts";
import { useText } from "../text/languages.ts";

/** All voices, each with a sentence to hear. */
export function VoiceList() {
  const text = useText();
  const [voices] = useLoaded(listVoices);
  if (voices.state === "failed") return <p class="error">{text("somethingWrong", { reason: voices.reason })}</p>;
  if (voices.state === "loading") return <p class="muted">{text("loading")}</p>;
  return (
    <section class="panel">
      <ul class="list" style={{ maxHeight: "none" }}>
        {voices.value.map((voice) => (
          <li key={voice.id}>
            <span class="name">{voice.name}</span>
            <span class="muted small">
              {voice.language} · {voice.provider}
            </span>
            <HearButton voice={voice} />
          </li>
        ))}
      </ul>
    </section>
  );
}
