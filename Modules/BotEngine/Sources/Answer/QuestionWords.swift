import Kernel

/// What a question is about, without the words that every question has.
struct QuestionWords: Sendable {
    /// The words that a source must speak of.
    let content: [String]
    /// Of these, the ones that a source must not lack: numbers, models, names.
    let decisive: Set<String>
    /// It wants to know an amount.
    let asksPrice: Bool

    init(_ question: String) {
        var content: [String] = []
        var decisive: Set<String> = []
        var asksPrice = false
        for sentence in SentenceSplitter.sentences(of: question) {
            let written = sentence.split { !$0.isLetter && !$0.isNumber }
            for (index, word) in WordMatch.words(of: sentence).enumerated() {
                if Self.priceStems.contains(where: { word.hasPrefix($0) }) || Self.priceWords.contains(word) {
                    asksPrice = true
                    continue
                }
                guard !Self.common.contains(word), !content.contains(word) else { continue }
                content.append(word)
                let isName = index > 0 && written.indices.contains(index) && written[index].first?.isUppercase == true
                if isName || word.unicodeScalars.contains(where: \.isDigit) { decisive.insert(word) }
            }
        }
        (self.content, self.decisive, self.asksPrice) = (content, decisive, asksPrice)
    }

    private static let priceStems = ["стоит", "стоим", "цен", "почем", "price", "cost", "тұрад", "баға", "құны", "прайс"]
    private static let priceWords: Set<String> = ["сколько", "қанша", "канша", "much"]

    /// Words that say nothing on the subject.
    private static let common: Set<String> = Set(
        """
        а без бы был была были было быть будет в вам вас ваш ваша ваше ваши вы да для до его ее если есть еще же за и из или им их к как \
        какая какие какой каком какую ко ли меня мне можно мой моя мы на над нам нас наш наша не него нее нет но ну о об он она они от по \
        под пожалуйста при про с скажите со так там то тоже того только тот у уже хочу хотел хотела хотим чем что чтобы эта эти это этот \
        этом я здравствуйте подскажите расскажите добрый день вечер привет интересует узнать нужно нужен нужна надо где когда кто куда \
        почему зачем тогда вообще сейчас также какое каких имеется бывает делаете купить заказать хотелось \
        a an and any are as at be been but by can could do does for from get had has have hello hi how i if in is it its me my need of \
        on or our please so that the their them there these they this those to us want was we were what when where which who why will \
        with would you your tell know like buy order much many \
        ал бар бе бен ба біз бұл да де ең еді екен және жоқ ма ме мен маған немесе осы ол олар па пе пен сәлеметсіз сіз сізде сіздер \
        сіздерде сол та те туралы үшін ғана айтыңызшы қандай қай қайда қашан қалай керек сәлем бола болады алуға
        """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
