/** A sentence or two in each of ten scripts, with a BCP 47 tag of its language. */
export const scripts = [
  { language: "en", text: "Good morning, everyone! It's a well-known story — or isn't it?" },
  { language: "ru", text: "Доброе утро, друзья! Сегодня мы поговорим о море." },
  { language: "el", text: "Καλημέρα σε όλους! Σήμερα θα μιλήσουμε για τη θάλασσα." },
  { language: "ar", text: "صباح الخير للجميع، كيف حالكم اليوم؟ سنتحدث عن البحر." },
  { language: "he", text: "בוקר טוב לכולם! היום נדבר על הים הגדול." },
  { language: "hi", text: "सभी को सुप्रभात। आज हम समुद्र के बारे में बात करेंगे।" },
  { language: "th", text: "สวัสดีตอนเช้าทุกคน วันนี้เราจะพูดถึงทะเล" },
  { language: "zh", text: "大家早上好！今天我们来谈谈大海，以及它的故事。" },
  { language: "ja", text: "みなさん、おはようございます。今日は海について話しましょう。" },
  { language: "ko", text: "여러분, 좋은 아침입니다! 오늘은 바다에 대해 이야기하겠습니다." },
] as const;
