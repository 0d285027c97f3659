/// The words of what is loaded when it is needed.
export interface MoreWords {
  source: string;
  ended: string;
  reload: string;
  file: string;
  download: string;
  notLoaded: string;
  tooLarge: string;
  kilobytes: string;
  megabytes: string;
  name: string;
  email: string;
  phone: string;
  optional: string;
  policy: string;
  start: string;
  mustAgree: string;
  mustAnswer: string;
  notValid: string;
  textChanged: string;
  notSaved: string;
  howWasIt: string;
  /// From one star to five.
  scores: string[];
  comment: string;
  rate: string;
  thanks: string;
}

const en: MoreWords = {
  source: "Source",
  ended: "You are no longer signed in here. Load the page again to go on.",
  reload: "Load again",
  file: "File",
  download: "Save",
  notLoaded: "it could not be loaded",
  tooLarge: "A file may have 10 MB at most.",
  kilobytes: "KB",
  megabytes: "MB",
  name: "Name",
  email: "E-mail",
  phone: "Phone",
  optional: "optional",
  policy: "Read the policy",
  start: "Start the chat",
  mustAgree: "Without your consent the chat cannot start.",
  mustAnswer: "Please fill this in.",
  notValid: "Please check what you wrote.",
  textChanged: "The text has changed. Close the chat and open it again.",
  notSaved: "It was not saved. Try again.",
  howWasIt: "How was the conversation?",
  scores: ["1 of 5, very bad", "2 of 5, bad", "3 of 5, fair", "4 of 5, good", "5 of 5, very good"],
  comment: "Comment",
  rate: "Send",
  thanks: "Thank you!",
};

const ru: MoreWords = {
  source: "Источник",
  ended: "Вход на сайте закончился. Обновите страницу, чтобы продолжить.",
  reload: "Обновить",
  file: "Файл",
  download: "Сохранить",
  notLoaded: "не удалось загрузить",
  tooLarge: "Файл может быть не больше 10 МБ.",
  kilobytes: "КБ",
  megabytes: "МБ",
  name: "Имя",
  email: "Эл. почта",
  phone: "Телефон",
  optional: "по желанию",
  policy: "Прочитать политику",
  start: "Начать чат",
  mustAgree: "Без вашего согласия чат не начать.",
  mustAnswer: "Пожалуйста, заполните это поле.",
  notValid: "Пожалуйста, проверьте написанное.",
  textChanged: "Текст изменился. Закройте чат и откройте его снова.",
  notSaved: "Не сохранилось. Попробуйте ещё раз.",
  howWasIt: "Как прошёл разговор?",
  scores: ["1 из 5, очень плохо", "2 из 5, плохо", "3 из 5, нормально", "4 из 5, хорошо", "5 из 5, отлично"],
  comment: "Комментарий",
  rate: "Отправить",
  thanks: "Спасибо!",
};

const kk: MoreWords = {
  source: "Дереккөз",
  ended: "Сайтқа кіру мерзімі бітті. Жалғастыру үшін бетті жаңартыңыз.",
  reload: "Жаңарту",
  file: "Файл",
  download: "Сақтау",
  notLoaded: "жүктелмеді",
  tooLarge: "Файл 10 МБ-тан аспауы керек.",
  kilobytes: "КБ",
  megabytes: "МБ",
  name: "Аты-жөні",
  email: "Эл. пошта",
  phone: "Телефон",
  optional: "міндетті емес",
  policy: "Саясатты оқу",
  start: "Чатты бастау",
  mustAgree: "Келісіміңізсіз чатты бастау мүмкін емес.",
  mustAnswer: "Бұл өрісті толтырыңыз.",
  notValid: "Жазғаныңызды тексеріңіз.",
  textChanged: "Мәтін өзгерді. Чатты жауып, қайта ашыңыз.",
  notSaved: "Сақталмады. Қайталап көріңіз.",
  howWasIt: "Сөйлесу қалай өтті?",
  scores: ["5-тен 1, өте нашар", "5-тен 2, нашар", "5-тен 3, орташа", "5-тен 4, жақсы", "5-тен 5, өте жақсы"],
  comment: "Пікір",
  rate: "Жіберу",
  thanks: "Рақмет!",
};

export function moreWordsFor(language: string): MoreWords {
  return language === "ru" ? ru : language === "kk" ? kk : en;
}
