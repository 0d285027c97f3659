interface Words {
  open: string;
  close: string;
  placeholder: string;
  send: string;
  log: string;
  typing: string;
  human: string;
  humanText: string;
  failed: string;
  waiting: string;
  bot: string;
  unavailable: string;
  again: string;
  attach: string;
}

const en: Words = {
  open: "Open chat",
  close: "Close chat",
  placeholder: "Message",
  send: "Send",
  log: "Messages",
  typing: "is writing…",
  human: "Call a person",
  humanText: "I would like to talk to a human",
  failed: "Not sent. Try again",
  waiting: "Reconnecting…",
  bot: "Bot",
  unavailable: "The chat does not answer.",
  again: "Try again",
  attach: "Attach a file",
};

const ru: Words = {
  open: "Открыть чат",
  close: "Закрыть чат",
  placeholder: "Сообщение",
  send: "Отправить",
  log: "Сообщения",
  typing: "пишет…",
  human: "Позвать человека",
  humanText: "Позовите, пожалуйста, оператора",
  failed: "Не отправлено. Повторить",
  waiting: "Подключаемся снова…",
  bot: "Бот",
  unavailable: "Чат не отвечает.",
  again: "Повторить",
  attach: "Прикрепить файл",
};

const kk: Words = {
  open: "Чатты ашу",
  close: "Чатты жабу",
  placeholder: "Хабарлама",
  send: "Жіберу",
  log: "Хабарламалар",
  typing: "жазып жатыр…",
  human: "Қызметкерді шақыру",
  humanText: "Операторды шақырыңызшы",
  failed: "Жіберілмеді. Қайталау",
  waiting: "Қайта қосылуда…",
  bot: "Бот",
  unavailable: "Чат жауап бермейді.",
  again: "Қайталау",
  attach: "Файл тіркеу",
};

export function wordsFor(tag: string): { language: "en" | "ru" | "kk"; words: Words } {
  const language = tag.toLowerCase().slice(0, 2);
  if (language === "ru") return { language, words: ru };
  if (language === "kk") return { language, words: kk };
  return { language: "en", words: en };
}
