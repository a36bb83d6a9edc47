import { expect, test } from "vitest";
import { detectLanguage } from "../../../author/src/voices/detect-language.ts";

test.each([
  ["en", "The sea is deep, and nobody knows it very well."],
  ["en", "Edgereel makes short videos at the edge. You post a request. Then you press play."],
  ["en", "Why do cats purr? Scientists have a surprising answer."],
  ["en", "Tokyo, Osaka and Kyoto: three cities in Japan you must visit."],
  ["es", "El mar es muy profundo y nadie lo conoce bien. Hoy vamos a descubrir sus secretos."],
  ["fr", "La mer est très profonde et personne ne la connaît bien. Découvrons ses secrets."],
  ["de", "Das Meer ist tief, und niemand kennt es wirklich gut. Heute entdecken wir seine Geheimnisse."],
  ["it", "Il mare è molto profondo e nessuno lo conosce bene. Oggi scopriamo i suoi segreti."],
  ["pt", "O mar é muito profundo e ninguém o conhece bem. Hoje vamos descobrir os seus segredos."],
  ["pl", "Morze jest głębokie i nikt go dobrze nie zna. Dziś odkryjemy jego tajemnice."],
  ["tr", "Deniz çok derin ve kimse onu iyi bilmiyor. Bugün onun sırlarını keşfedeceğiz."],
  ["vi", "Biển rất sâu và không ai hiểu rõ về nó. Hôm nay chúng ta sẽ khám phá những bí mật."],
  ["zh", "大海很深，没有人真正了解它。"],
  ["zh", "iPhone 的秘密：它为什么这么贵？"],
  ["ja", "海は深い。誰もよく知らない。"],
  ["ko", "바다는 깊다. 아무도 잘 모른다."],
  ["ru", "Море глубокое, и никто его хорошо не знает. Сегодня мы откроем его тайны."],
  ["uk", "Море глибоке, і ніхто його добре не знає. Сьогодні ми відкриємо його таємниці."],
  ["ar", "البحر عميق ولا أحد يعرفه جيدا. اليوم نكتشف أسراره."],
  ["hi", "समुद्र गहरा है और कोई भी इसे अच्छी तरह नहीं जानता। आज हम इसके रहस्य खोजेंगे।"],
  ["he", "הים עמוק ואיש אינו מכיר אותו היטב."],
  ["th", "ทะเลนั้นลึกและไม่มีใครรู้จักมันดี"],
  ["el", "Η θάλασσα είναι βαθιά και κανείς δεν την ξέρει καλά."],
])("the language of a text is told: %s, %s", (language, text) => {
  expect(detectLanguage(text).language).toBe(language);
});

test.each([
  [
    "en",
    ["Winter in Norway: snow, skis, fjords", "Sleep is not a luxury. It repairs you.", "Rain falls on warm stone."],
  ],
  ["es", ["El café despierta la mente.", "Dos gatos juegan en el jardín", "Hola a todos, bienvenidos al canal"]],
  ["fr", ["Le café réveille les esprits fatigués.", "Deux chats jouent dans le jardin", "Conseils pour mieux dormir"]],
  ["de", ["Katzen schlafen tagsüber sehr viel.", "Zwei Katzen sitzen im Garten", "Hallo zusammen und willkommen"]],
  [
    "it",
    ["Il caffè sveglia le menti stanche.", "Due gatti giocano nel giardino", "Consigli per dormire meglio stanotte"],
  ],
  ["pt", ["O café desperta mentes cansadas.", "Os gatos dormem muito durante o dia.", "Sejam bem-vindos ao canal"]],
  ["nl", ["Koffie maakt vermoeide geesten wakker.", "Twee katten spelen in de tuin"]],
  ["pl", ["Kawa budzi zmęczone umysły.", "Dwa koty bawią się w ogrodzie"]],
  ["sv", ["Kaffe väcker trötta sinnen.", "Två katter leker i trädgården"]],
  ["tr", ["Kahve yorgun zihinleri uyandırır.", "İki kedi bahçede oynuyor bugün"]],
  ["vi", ["Mèo ngủ rất nhiều trong ngày.", "Hai con mèo chơi trong vườn"]],
  ["hu", ["A macskák sokat alszanak napközben.", "Két macska játszik a kertben ma"]],
  ["cs", ["Kočky přes den hodně spí.", "Dvě kočky si hrají na zahradě"]],
  ["ro", ["Pisicile dorm mult în timpul zilei.", "Două pisici se joacă în grădină"]],
])("short sentences tell their language: %s", (language, texts) => {
  expect(texts.map((text) => detectLanguage(text).language)).toEqual(texts.map(() => language));
});

test.each([
  "Hidden gems near Lisbon, Portugal",
  "Best budget gaming laptops 2026",
  "Amsterdam canals, bikes, tulips, cheese",
  "Vitamin D deficiency symptoms explained",
])("a short text of rare words does not count as a foreign language: %s", (text) => {
  expect(detectLanguage(text).language ?? "en").toBe("en");
});

test.each(["", "123", "Hello there", "OK!"])("the language of %j is not told", (text) => {
  expect(detectLanguage(text).language).toBeNull();
});
