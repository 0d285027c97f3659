import Kernel

/// What the builtin answerer says around a quotation. None of it asserts anything.
enum BuiltinPhrases {
    static func frame(_ quotes: [String], _ language: Language) -> String {
        let opening =
            switch language {
            case .russian: "Вот что указано в наших материалах:"
            case .english: "Here is what our materials say:"
            case .kazakh: "Біздің материалдарда былай жазылған:"
            }
        return quotes.count == 1 ? "\(opening) \(quotes[0])" : opening + quotes.map { "\n• \($0)" }.joined()
    }

    /// Confirms what the customer asked to have confirmed. The gate decides whether that may be said.
    static func confirmation(of claim: String, _ language: Language) -> String {
        switch language {
        case .russian: "Да, верно: \(claim)."
        case .english: "Yes, that is right: \(claim)."
        case .kazakh: "Иә, дұрыс: \(claim)."
        }
    }

    /// The bot's last words before a person has the conversation. It promises no time.
    static func handOff(_ language: Language) -> String {
        switch language {
        case .russian: "Передаю ваш вопрос коллеге: вам ответят здесь, в этом чате."
        case .english: "I am passing your question to a colleague, who will answer you here in this chat."
        case .kazakh: "Сұрағыңызды әріптесіме жіберемін: жауап осы чатқа келеді."
        }
    }

    static func reply(to talk: SmallTalk, _ language: Language) -> String {
        switch (talk, language) {
        case (.greeting, .russian): "Здравствуйте! Напишите, что вас интересует, и я поищу ответ в материалах компании."
        case (.greeting, .english):
            "Hello! Tell me what you would like to know, and I will look it up in the company's materials."
        case (.greeting, .kazakh): "Сәлеметсіз бе! Не білгіңіз келетінін жазыңыз, мен компания материалдарынан іздеймін."
        case (.thanks, .russian): "Пожалуйста! Если появятся вопросы, пишите."
        case (.thanks, .english): "You are welcome! Write whenever you have a question."
        case (.thanks, .kazakh): "Оқасы жоқ! Сұрағыңыз болса, жазыңыз."
        case (.farewell, .russian): "До свидания! Пишите, если понадобится помощь."
        case (.farewell, .english): "Goodbye! Write whenever you need help."
        case (.farewell, .kazakh): "Сау болыңыз! Көмек керек болса, жазыңыз."
        }
    }
}
