/// Words that say little about what a question is after. They are never lost: see `QueryPlan`.
enum StopWords {
    static func contains(_ word: String) -> Bool { all.contains(word) }

    private static let all = Set((russian + " " + english + " " + kazakh).split(separator: " ").map(String.init))

    private static let russian = """
        а бы был была были было быть в вам вас ваш ваша ваше ваши вы да для до его ее если есть еще же за и из или \
        им их к как ко ли мне можно мой моя мы на над нам нас наш наша не него нее но о об он она они от по под \
        пожалуйста при про с скажите со так там то тоже того только тот у уже хочу чем что чтобы эта эти это этот этом \
        я здравствуйте подскажите
        """

    private static let english = """
        a an and any are as at be been but by can could do does for from had has have hello hi how i if in is it its \
        me my of on or our please so that the their them there these they this those to us was we were what which will \
        with would you your
        """

    private static let kazakh = """
        ал бар бе бен ба бізде біз бұл да де деген егер ең еді екен және жоқ кейін ма мен менен ме маған немесе осы ол \
        олар па пе пен сәлеметсіз сіз сіздерде сізде ол сол та те туралы үшін ғана айтыңызшы
        """
}
