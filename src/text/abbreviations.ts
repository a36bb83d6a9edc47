/**
 * What may follow an abbreviation.
 *
 * - `title`: a name follows, so the sentence always goes on ("Mr. Brown").
 * - `number`: the word is an abbreviation only if a number follows: "No. 6", but "No. I will not."
 * - `other`: the sentence goes on unless the next word typically begins one: "etc. Bananas", but "etc. The".
 * - `own`: like `other`, but only in this language, because the word is an ordinary word in another one.
 */
type ListName = "title" | "number" | "other" | "own";
export type AbbreviationKind = Exclude<ListName, "own">;

type Lists = Partial<Record<ListName, string>>;

/** Abbreviations without their full stop. `all` has those that several languages share. */
const ABBREVIATIONS: Record<string, Lists> = {
  all: {
    title: "Dr Prof Ing Sta Sto Ste Msgr Mons",
    number: "No Nos Nr Art Fig Figs Tab Vol Vols pp Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Okt Nov Dec Dez",
    other: "etc vs cf ca approx Inc Ltd Co Corp tel Jr Sr St ibid min max",
  },
  en: {
    title:
      "Mr Mrs Ms Mx Messrs Mmes Drs Profs Rev Hon Pres Gov Sen Sens Gen Maj Capt Cpt Cmdr Lt Col Sgt Cpl Pvt Adm Supt Insp Mt Ft",
    number: "ch chap chaps sec secs sect para paras eq eqs Mon Tue Tues Thu Thur Thurs Fri",
    other: "Bros Ave Blvd Rd Dept Univ Assn Esq incl excl misc viz resp Rep Reps Fr",
    own: "Wed Sat Sun al ex est ed eds op pt pts",
  },
  de: {
    title: "Hr Hrn Frl Hl Dipl-Ing Dipl-Kfm Reg-Bez",
    number: "Abb Bd Bde Kap Ziff Abs Anm Aufl Rz Rn",
    other:
      "bzw usw evtl ggf ggfs inkl exkl zzgl bspw sog vgl Chr Str Hrsg geb gest verh ehem entspr einschl allg eigtl insb insbes " +
      "urspr zzt Mio Mrd Std Jh Jhd Jahrh Abt Hbf Bhf frz engl österr schweiz kath röm Dipl akad tägl jährl röm-kath Univ MwSt Zt med phil jur rer nat",
    own: "Fr Fa Fam Ges Sek ev dt Mag mind",
  },
  fr: {
    title: "MM Mme Mmes Mlle Mlles Mgr Vve",
    number: "éd janv févr avr juil sept oct déc num",
    other: "env apr ex J-C boul hab tél Cie Sté c-à-d réf",
    own: "Me av bd adj",
  },
  es: {
    title:
      "Sra Sres Sras Srta Srtas Dra Dres Dª Dña Ud Uds Vd Vds Excmo Excma Ilmo Ilma Rvdo Lic Licda Lcdo Lcda Arq Gral Cnel Hno Hna",
    number: "núm núms cap caps pág págs ene febr abr",
    other: "EE UU JJ OO RR HH FF Av Avda Cía Ltda Dpto Depto aprox prov tfno izq dcha admón",
    own: "ej ago dic D Dn",
  },
  it: {
    title: "sig sigg sigra sra dott dottssa profssa avv geom gent egr spett",
    number: "pag pagg capp artt genn febbr magg giu lug sett ott",
    other: "ecc",
    own: "es on arch sec secc n",
  },
  pt: {
    title: "Sra Srs Sras Dra Exmo Exma Arq Profa",
    number: "fev jan ago",
    other: "Av Cia obs",
    own: "ex Eng mai set out dez",
  },
  nl: {
    title: "dhr mevr mw drs",
    number: "nrs blz hfst afb mrt",
    other: "bijv enz excl incl evt",
    own: "bv resp jl ir bc ds",
  },
  pl: {
    title: "ul mgr inż hab św abp płk mjr kpt dr lek prof",
    number: "rys poz pkt ust rozdz",
    other: "np tzn tzw itd itp ww br godz tys mln mld zob jw płd płn zł wyd",
    own: "al pl os im red gen por ok wg sek cz cd ks bp str tel r w",
  },
  ru: {
    title: "ул пр просп пер им проф акад доц гр тов",
    number: "рис табл стр гл ст пп тт кв корп янв февр мар апр июн июл авг сент окт нояб дек",
    other: "др см ср напр руб коп тыс млн млрд тел мин сек гг вв отд обл",
    own: "пл оф",
  },
  hi: { title: "डॉ डा प्रो श्री पं कु", number: "नं क्र पृ", other: "कं लि आदि" },
  ar: { title: "د أ م", number: "ص ج ق", other: "إلخ هـ" },
  vi: { title: "TP PGS ThS NXB", number: "tr", other: "v.v", own: "GS TS BS KS LS TT TX CN" },
  el: { title: "κ κα Δρ", number: "αρ σελ", other: "βλ δηλ κτλ κλπ λ.χ" },
  sv: { number: "nr", other: "dvs kl osv tex obs" },
  cs: { number: "č", other: "např tzv atd apod resp" },
  tr: { title: "Doç Av Sn", number: "No", other: "vb vs örn" },
};

/** Words that often begin a sentence and rarely follow an abbreviation inside one. */
const SENTENCE_STARTERS = new Set(
  [
    "The This That These Those There Then They He She It We You My Your His Her Our Their In On At And But So If When What Why",
    "How Who Where Yes Now Not After Before Because While However Also Here As For Its Is Are Do Does Did Can Let",
    "Der Die Das Dies Diese Dieser Dann Da Er Sie Es Wir Ihr Ich Man Ein Eine Aber Und Doch Wenn Als Im Am Nun Jetzt Hier Was Wer",
    "Wie Warum Auch Nach Mit Le Les Un Une Il Elle Ils Elles Nous Vous Je Tu Ce Cette Ces Mais Et Puis Alors Ensuite Dans Pour",
    "Quand El Los Las Una Ella Ellos Nosotros Yo Pero Y Entonces Luego Este Esta Cuando Os As Um Uma Ele Ela Eu Mas Quando Gli Lei",
    "Lui Noi Ma Poi Questo Questa Het Een Hij Zij Wij Ik Maar Dan To Ona Oni Ale Potem Teraz",
    "Это Он Она Они Мы Вы Я Но И А Потом Затем Теперь На",
  ]
    .join(" ")
    .split(" "),
);

/** Whether a word often begins a sentence, so that a full stop before it ends one. */
export function startsSentences(word: string): boolean {
  return SENTENCE_STARTERS.has(word);
}

const tables = new Map<string, ReadonlyMap<string, AbbreviationKind>>();

/**
 * The kind of an abbreviation, or null if the word is not one.
 *
 * @param word without the full stop at its end.
 * @param language BCP 47 tag. If there is no list for it, the lists of all languages apply.
 */
export function abbreviationKind(word: string, language: string): AbbreviationKind | null {
  const known = language.split("-")[0] ?? "";
  const key = Object.hasOwn(ABBREVIATIONS, known) ? known : "all";
  let table = tables.get(key);
  if (!table) {
    table = tableOf(key);
    tables.set(key, table);
  }
  return table.get(word) ?? null;
}

/** The abbreviations of a language, or of every language for `all`: as listed, capitalised, and in capitals. */
function tableOf(key: string): ReadonlyMap<string, AbbreviationKind> {
  const table = new Map<string, AbbreviationKind>();
  const add = (words: string | undefined, kind: AbbreviationKind) => {
    for (const word of words?.split(" ") ?? []) {
      const capitalised = word.charAt(0).toUpperCase() + word.slice(1);
      for (const form of [word, capitalised, word.toUpperCase()]) if (!table.has(form)) table.set(form, kind);
    }
  };
  add(ABBREVIATIONS[key]?.own, "other");
  for (const [language, lists] of Object.entries(ABBREVIATIONS)) {
    if (key !== "all" && language !== key && language !== "all") continue;
    for (const kind of ["title", "number", "other"] as const) add(lists[kind], kind);
  }
  return table;
}
