/** A sentence in each language that voices are tried with; the first part of a BCP 47 tag selects it. */
const SENTENCES: Readonly<Record<string, string>> = {
  ar: "مرحبًا! هكذا يبدو صوتي عندما أقرأ نصًا قصيرًا.",
  bn: "নমস্কার! ছোট একটি লেখা পড়লে আমার কণ্ঠ এমন শোনায়।",
  cs: "Dobrý den! Takto zní můj hlas, když čtu krátký text.",
  da: "Hej! Sådan lyder min stemme, når jeg læser en kort tekst.",
  de: "Guten Tag! So klingt meine Stimme, wenn ich einen kurzen Text lese.",
  el: "Γεια σας! Έτσι ακούγεται η φωνή μου όταν διαβάζω ένα σύντομο κείμενο.",
  en: "Hello! This is how my voice sounds when I read a short text.",
  es: "¡Hola! Así suena mi voz cuando leo un texto corto.",
  fi: "Hei! Tältä ääneni kuulostaa, kun luen lyhyttä tekstiä.",
  fr: "Bonjour ! Voici ma voix quand je lis un court texte.",
  he: "שלום! כך נשמע הקול שלי כשאני קורא טקסט קצר.",
  hi: "नमस्ते! छोटा पाठ पढ़ते समय मेरी आवाज़ ऐसी सुनाई देती है।",
  hu: "Jó napot! Így szól a hangom, amikor egy rövid szöveget olvasok.",
  id: "Halo! Beginilah suara saya saat membaca teks pendek.",
  it: "Ciao! Questa è la mia voce quando leggo un testo breve.",
  ja: "こんにちは。短い文章を読むと、このような声になります。",
  ko: "안녕하세요. 짧은 글을 읽을 때 제 목소리는 이렇게 들립니다.",
  nl: "Hallo! Zo klinkt mijn stem als ik een korte tekst lees.",
  no: "Hei! Slik høres stemmen min ut når jeg leser en kort tekst.",
  pl: "Dzień dobry! Tak brzmi mój głos, gdy czytam krótki tekst.",
  pt: "Olá! É assim que a minha voz soa quando leio um texto curto.",
  ro: "Bună! Așa sună vocea mea când citesc un text scurt.",
  ru: "Здравствуйте! Так звучит мой голос, когда я читаю короткий текст.",
  sv: "Hej! Så här låter min röst när jag läser en kort text.",
  th: "สวัสดี นี่คือเสียงของฉันเมื่ออ่านข้อความสั้น ๆ",
  tr: "Merhaba! Kısa bir metin okurken sesim böyle duyulur.",
  uk: "Вітаю! Так звучить мій голос, коли я читаю короткий текст.",
  vi: "Xin chào! Đây là giọng của tôi khi đọc một đoạn văn ngắn.",
  zh: "你好！这就是我朗读一小段文字时的声音。",
};

/** A sentence to try a voice with. @param language BCP 47; English for a language that has no sentence here. */
export function sampleSentence(language: string): string {
  const [primary = "en"] = language.toLowerCase().split("-");
  return SENTENCES[primary === "nb" || primary === "nn" ? "no" : primary] ?? SENTENCES.en ?? "";
}
