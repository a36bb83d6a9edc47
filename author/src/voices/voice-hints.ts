/** What the name of a voice tells, whoever offers it. */
export interface VoiceHints {
  /** BCP 47 tag. */
  language: string | null;
  gender: Gender | null;
}

type Gender = "female" | "male";

/** Names of voices by Microsoft, Google, SiliconFlow, OpenAI and ElevenLabs. */
const NAMES: Record<Gender, string> = {
  female:
    "jenny aria ana michelle emma ava jane nancy sara amber ashley cora elizabeth monica sonia libby maisie natasha " +
    "clara neerja xiaoxiao xiaoyi xiaobei xiaoni hsiaochen hsiaoyu hiugaai hiumaan katja amala seraphina denise eloise " +
    "vivienne elvira dalia ximena elsa isabella francisca raquel nanami sunhi svetlana swara hoaimy " +
    "zephyr kore leda aoede callirrhoe autonoe despina erinome laomedeia achernar gacrux pulcherrima vindemiatrix " +
    "sulafat anna bella claire diana coral nova sage shimmer " +
    "rachel domi elli dorothy charlotte alice matilda lily sarah laura jessica",
  male:
    "guy davis tony jason andrew brian christopher eric roger steffan ryan thomas yunxi yunyang yunjian yunxia yunze " +
    "yunjhe wanlung conrad killian florian henri remy alvaro jorge diego giuseppe antonio keita injoon prabhat madhur " +
    "william liam dmitry namminh puck charon fenrir orus enceladus iapetus umbriel algieba algenib rasalgethi alnilam " +
    "schedar achird zubenelgenubi sadachbia sadaltager alex benjamin charles david ash echo onyx verse ballad " +
    "adam antoni arnold josh sam daniel george callum charlie bill chris will harry",
};
const GENDERS = new Map(
  (["female", "male"] as const).flatMap((gender) => NAMES[gender].split(" ").map((name) => [name, gender] as const)),
);

/** Google's voices that end with a letter, such as `en-US-Journey-D`: the letters of the men. */
const GOOGLE_LETTER =
  /-(?:(?<series>journey|studio|casual|polyglot)|neural2|wavenet|standard|news)-(?<letter>[a-z]|\d)$/i;
const GOOGLE_MEN = { series: "DKMQ1", usEnglish: "ABDIJMN", others: "BD" };

/** Kokoro's names begin with a letter for the language and one for the gender: `af_heart`. */
const KOKORO_NAME = /(?:^|:)([abefhijpz])([fm])_[a-z]+\w*$/;
const KOKORO_LANGUAGES: Record<string, string> = {
  ...{ a: "en-US", b: "en-GB", e: "es", f: "fr-FR", h: "hi", i: "it", j: "ja", p: "pt-BR", z: "zh-CN" },
};

const LOCALE = /(?:^|[:/])([a-z]{2,3}(?:-[a-z]{4})?-(?:[a-z]{2}|\d{3}))(?=$|[-_:/ ])/i;
const AURA_LANGUAGE = /aura(?:-\d)?(?:-[a-z]+)?-([a-z]{2})(?:$|\/)/i;

/** Reads language and gender from the name of a voice. */
export function voiceHints(name: string): VoiceHints {
  const locale = LOCALE.exec(name)?.[1];
  const [, language = "", letter] = KOKORO_NAME.exec(name) ?? [];
  return {
    language: locale ?? KOKORO_LANGUAGES[language] ?? AURA_LANGUAGE.exec(name)?.[1] ?? null,
    gender: genderOf(name, letter),
  };
}

function genderOf(name: string, kokoroLetter: string | undefined): Gender | null {
  const words = name.split(/[^\p{L}\d]+/u).map((word) => word.toLowerCase().replace(/(?:multilingual)?neural$/, ""));
  if (words.includes("female")) return "female";
  if (words.includes("male")) return "male";
  if (kokoroLetter) return kokoroLetter === "f" ? "female" : "male";
  const google = GOOGLE_LETTER.exec(name)?.groups;
  if (google) {
    const men = google.series ? GOOGLE_MEN.series : /^en-US/i.test(name) ? GOOGLE_MEN.usEnglish : GOOGLE_MEN.others;
    return men.includes((google.letter ?? "").toUpperCase()) ? "male" : "female";
  }
  return words.map((word) => GENDERS.get(word)).find((gender) => gender !== undefined) ?? null;
}
