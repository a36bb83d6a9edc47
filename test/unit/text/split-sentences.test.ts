import { expect, test } from "vitest";
import { splitSentences } from "../../../src/text/split-sentences.ts";

test.each([
  [
    "abbreviations and initials",
    "Mr. Brown met J. R. R. Tolkien near the U.S. Capitol. It rained.",
    ["Mr. Brown met J. R. R. Tolkien near the U.S. Capitol.", "It rained."],
  ],
  ["a number sign that is also a word", "No. I will not. No. 6 is free.", ["No. I will not.", "No. 6 is free."]],
  [
    "an abbreviation that ends a sentence",
    "We left at 5.30 p.m. The shop had apples, etc. Then it closed.",
    ["We left at 5.30 p.m.", "The shop had apples, etc.", "Then it closed."],
  ],
  ["list numbers", "1. First step. 2. Second step.", ["1. First step.", "2. Second step."]],
  ["a list in running text", "Do this: 1. Mix it 2. Bake it 3. Eat it.", ["Do this: 1. Mix it 2. Bake it 3. Eat it."]],
  [
    "list numbers without spaces",
    "１．はじめに。２．材料。\n一、准备材料。",
    ["１．はじめに。", "２．材料。", "一、准备材料。"],
  ],
  ["letters of a list", "a) One\nb) Two", ["a) One", "b) Two"]],
  [
    "decimals, versions, file names and domains",
    "Pi is 3.14. Get v2.0.1 of node.js at example.com. Open a.txt.",
    ["Pi is 3.14.", "Get v2.0.1 of node.js at example.com.", "Open a.txt."],
  ],
  [
    "URLs",
    "See https://a.b/c?d=1. Then go on. Or https://a.b/c?d=1 now!",
    ["See https://a.b/c?d=1.", "Then go on.", "Or https://a.b/c?d=1 now!"],
  ],
  ["English quotations", "“Stop!” he said. “Why?” She ran.", ["“Stop!” he said.", "“Why?”", "She ran."]],
  [
    "French quotations with no-break spaces",
    "«\u00a0Bonjour\u202f!\u00a0» Puis 1\u202f234\u202f567 habitants.",
    ["«\u00a0Bonjour\u202f!\u00a0»", "Puis 1\u202f234\u202f567 habitants."],
  ],
  ["French quotations with spaces", "« Quoi ? » dit-il. Ça va ?", ["« Quoi ? » dit-il.", "Ça va ?"]],
  ["German quotations", "„Komm!“, rief sie. »Nein.« Er ging.", ["„Komm!“, rief sie.", "»Nein.«", "Er ging."]],
  ["inverted marks", "¿Vienes? ¡Claro! Sí.", ["¿Vienes?", "¡Claro!", "Sí."]],
  [
    "Chinese quotations and book titles",
    "她问：“你去哪儿？”《红楼梦》很长。“好！”他说。",
    ["她问：“你去哪儿？”", "《红楼梦》很长。", "“好！”他说。"],
  ],
  [
    "Japanese quotations",
    "「明日は？」と彼は言った。『本』を読む！？",
    ["「明日は？」と彼は言った。", "『本』を読む！？"],
  ],
  ["ellipses", "Wait... what? Wait… What?!", ["Wait... what?", "Wait…", "What?!"]],
  [
    "dialogue with dashes",
    "— Привет! — сказал он. — Как дела? — Хорошо.",
    ["— Привет! — сказал он.", "— Как дела?", "— Хорошо."],
  ],
  [
    "marks of Arabic and Hindi",
    "أهلا! هل أنت مستعد؟ نعم. मैं हूँ। तुम कहाँ हो?",
    ["أهلا!", "هل أنت مستعد؟", "نعم.", "मैं हूँ।", "तुम कहाँ हो?"],
  ],
  ["text without capital letters", "hello there! how are you? fine.", ["hello there!", "how are you?", "fine."]],
  ["emojis", "Well done. Go on! 👍👍", ["Well done.", "Go on! 👍👍"]],
  ["punctuation on lines of its own", "?!\nHi\n...", ["?! Hi ..."]],
  ["only punctuation", "... !", []],
  ["only emojis", "🎉", ["🎉"]],
  [
    "ordinals before a month",
    "Es ist der 3. Oktober. Am 24. Dezember ist Weihnachten.",
    ["Es ist der 3. Oktober.", "Am 24. Dezember ist Weihnachten."],
  ],
])("splitSentences splits text with %s", (_, text, sentences) => {
  expect(splitSentences(text)).toEqual(sentences);
});

test.each([
  ["de", ["Das 3. Kapitel liest Dr. med. Maier, z. B. am Abend.", "Es war 1990.", "Dann kam der 2. Weltkrieg."]],
  ["fr", ["Voir le chap. 3 de M. Dupont et Mme. Durand, p. ex. ici.", "Puis J.-C. Martin arriva."]],
  ["es", ["La Sra. García vive en la Av. Libertador núm. 5 de EE. UU. desde hoy.", "Vive bien."]],
  ["it", ["Il sig. Rossi e la dott. Bianchi vanno a pag. 5.", "Poi tornano."]],
  ["pt", ["O Sr. Silva e a Dra. Costa moram na Av. Paulista.", "Eles voltam."]],
  ["nl", ["Dhr. Jansen en mevr. De Vries komen d.w.z. vandaag.", "Dan gaan ze."]],
  ["pl", ["Prof. Kowalski mieszka przy ul. Długiej, np. w Warszawie.", "To dobrze."]],
  ["ru", ["А. С. Пушкин жил на ул. Ленина, т. е. в г. Москве.", "Он поэт."]],
  ["en", ["Gen. Lee and Sgt. Pepper met at St. Mary, Fig. 3 on p. 5.", "They ate."]],
])("sentences in the language %s do not end after its abbreviations and ordinals", (language, sentences) => {
  expect(splitSentences(sentences.join(" "), language)).toEqual(sentences);
  expect(splitSentences(sentences.join(" "))).toEqual(sentences);
});

test("ordinals with a capital word after them depend on the language", () => {
  const text = "We have 3. Kapitel is a word.";
  expect(splitSentences(text, "en")).toHaveLength(2);
  expect(splitSentences(text, "de")).toHaveLength(1);
});
