import { baseLanguage } from "./language-tags.ts";

/** What tells a language that is written in Latin letters: short words that nearly every sentence has, and letters. */
interface Marks {
  words: ReadonlySet<string>;
  /** The letters that it has besides a to z. */
  letters: ReadonlySet<string>;
}

/** By ISO 639-3 code: the letters, a line, and the words. */
const SOURCES: Record<string, [letters: string, words: string]> = {
  eng: [
    "",
    "the of and to in is it you that for are with this on was how what your we a be have not they from my do why when " +
      "who can will all at by or an as has if more than their its our one about here there into out up so but no his " +
      "her over under these those some most never always every best top i me am die war man",
  ],
  spa: [
    "áéíóúüñ",
    "el los las una un que y en del de la para con por se su como más pero muy es lo al esta hay nos sus a no me mejor todos hola",
  ],
  fra: [
    "àâæçéèêëîïôœùûüÿ",
    "le la les des de une un et est que dans pour pas sur avec qui ce cette au aux vous nous il elle ne du plus très sa son se on me",
  ],
  deu: [
    "äöüß",
    "der die das und ist nicht ein eine einen für mit den zu auf im in von wie dem des sich sie wir es ihr auch aus bei nach sehr du am an was so war man hallo",
  ],
  ita: [
    "àèéìíîòóùú",
    "il gli che di la le una un per non con del della sono più come è nel alla anche questo questa lo si molto dei al a in i e no tutti ciao",
  ],
  por: [
    "áâãàçéêíóôõúü",
    "os o a um uma que não para com do da de em é mais como dos das ao se seu sua muito pelo esta este você na no nos e me melhor olá",
  ],
  nld: [
    "ëïéèöü",
    "het een de van en dat niet met voor zijn op te er aan ook als bij naar maar heel deze dit wat hoe om je wij uit in is we was over die",
  ],
  pol: ["ąćęłńóśźż", "nie się jest na do w z to jak po od za ale o i co dla przez dużo jego tak są ten być a"],
  swe: [
    "åäöé",
    "och att det som är på för med den av inte till ett en har om var så men jag vi hur från under mycket i de",
  ],
  ron: ["ăâîșțşţ", "în și de la cu nu este un o pe care din pentru mai sau se ce cum sunt foarte că timpul îi a"],
  hun: ["áéíóöőúüű", "a az és hogy nem egy van is meg de mint csak ez ha már vagy sok nagyon minden"],
  ces: ["áčďéěíňóřšťúůýž", "je se na že to v a s z do jak ale po pro si jsou nebo když co tak přes který není"],
  tur: ["çğıöşüâî", "ve bir bu için çok ile da de ne daha gibi olarak var kadar değil en o ama her nasıl"],
  vie: ["âêôăđơư", "và của là có không được cho trong một người các những rất này khi với đã"],
  ind: ["", "yang dan di dengan untuk dari tidak ini itu pada adalah ke akan dalam juga sangat bisa anda"],
  dan: [
    "æøåé",
    "og det som er på for med den af ikke til et en har om var så men jeg vi hvordan fra meget der i de at",
  ],
  fin: ["äöåšž", "ja on ei se että oli mutta kun niin ovat myös kuin tai hän ole jos paljon mitä miten me"],
  nob: [
    "æøåéòô",
    "og det som er på for med den av ikke til et en har om var så men jeg vi hvordan fra mye i de at to dag",
  ],
  hrv: ["čćđšž", "je i se na da u za su od kao koji ali što nije ili kako bi vrlo više to"],
  slv: ["čšž", "je in se na da za so od kot ki ali kaj ni kako bi zelo več tudi pri to"],
  slk: ["áäčďéíĺľňóôŕšťúýž", "je sa na že to v a s z do ako ale po pre si sú alebo keď čo tak cez ktorý nie"],
  cat: [
    "àçéèíïóòúü",
    "el els les la una un que i en del de per amb es no com més però molt és al aquest aquesta hi ha a",
  ],
};

const MARKS = new Map(
  Object.entries(SOURCES).map(([code, [letters, words]]): [string, Marks] => [
    code,
    { letters: new Set(letters), words: new Set(words.split(" ")) },
  ]),
);

/** The languages, as ISO 639-3 codes. */
export const LATIN_LANGUAGES: readonly string[] = [...MARKS.keys()];

/**
 * How many words of a text are function words of one language and not of the other. The languages are ISO 639-3 codes.
 */
export function functionWords(text: string, code: string, other: string): number {
  const [known, excluded] = [MARKS.get(code)?.words, MARKS.get(other)?.words];
  const words = text.toLocaleLowerCase(baseLanguage(code)).match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.filter((word) => known?.has(word) && !excluded?.has(word)).length;
}

/** How many letters of a text a language does not have. Vietnamese puts tones on its letters. */
export function alienLetters(text: string, code: string): number {
  const known = MARKS.get(code)?.letters;
  const lower = text.toLocaleLowerCase(baseLanguage(code)).normalize("NFD");
  const toneless = code === "vie" ? lower.replace(/[\u0300\u0301\u0303\u0309\u0323]/g, "") : lower;
  const letters = toneless.normalize("NFC").match(/\p{L}/gu) ?? [];
  return letters.filter((letter) => letter > "z" && !known?.has(letter)).length;
}
