/// The lexicon's words by meaning; `~n` lets up to n letters follow.
enum LexiconWords {
    typealias Source = (meaning: Lexicon.Meaning, words: String)

    static let all: [Source] = numbers + units + calendar + concepts + grammar

    private static let numbers: [Source] = [
        (.number(.unit(0)), "ноль нуль нуля нулю нулей zero нөл"),
        (.number(.weak(1)), "один одна одно одну одного одной одному одним one бір"),
        (.number(.unit(2)), "два две двух двум двумя двое двоих two екі екеу"),
        (.number(.unit(3)), "три трех трем тремя трое троих three үш үшеу"),
        (.number(.unit(4)), "четыре четырех четырем четырьмя четверо four төрт төртеу"),
        (.number(.unit(5)), "пять пяти пятью пятеро five бес бесеу"),
        (.number(.unit(6)), "шесть шести шестью six алты"),
        (.number(.unit(7)), "семь семи семью seven жеті"),
        (.number(.unit(8)), "восемь восьми восемью восьмью eight сегіз"),
        (.number(.unit(9)), "девять девяти девятью nine тоғыз"),
        (.number(.unit(10)), "десять десяти десятью десяток ten"), (.number(.weak(10)), "он"),
        (.number(.unit(11)), "одиннадцать одиннадцати одиннадцатью eleven"),
        (.number(.unit(12)), "двенадцать двенадцати двенадцатью twelve dozen дюжин~2"),
        (.number(.unit(13)), "тринадцать тринадцати thirteen"), (.number(.unit(14)), "четырнадцать четырнадцати fourteen"),
        (.number(.unit(15)), "пятнадцать пятнадцати fifteen"), (.number(.unit(16)), "шестнадцать шестнадцати sixteen"),
        (.number(.unit(17)), "семнадцать семнадцати seventeen"), (.number(.unit(18)), "восемнадцать восемнадцати eighteen"),
        (.number(.unit(19)), "девятнадцать девятнадцати nineteen"),
        (.number(.ten(20)), "двадцать двадцати двадцатью twenty жиырма~3"),
        (.number(.ten(30)), "тридцать тридцати тридцатью thirty отыз~3"),
        (.number(.ten(40)), "сорок сорока forty қырық~3"),
        (.number(.ten(50)), "пятьдесят пятидесяти пятьюдесятью fifty елу~3"),
        (.number(.ten(60)), "шестьдесят шестидесяти шестьюдесятью sixty алпыс~3"),
        (.number(.ten(70)), "семьдесят семидесяти семьюдесятью seventy жетпіс~3"),
        (.number(.ten(80)), "восемьдесят восьмидесяти восемьюдесятью восьмьюдесятью eighty сексен~3"),
        (.number(.ten(90)), "девяносто девяноста ninety тоқсан~3"),
        (.number(.hundred(100)), "сто ста сотня сотню сотни"), (.number(.hundred(200)), "двести двухсот двумстам"),
        (.number(.hundred(300)), "триста трехсот тремстам"), (.number(.hundred(400)), "четыреста четырехсот"),
        (.number(.hundred(500)), "пятьсот пятисот пятистам"), (.number(.hundred(600)), "шестьсот шестисот"),
        (.number(.hundred(700)), "семьсот семисот"), (.number(.hundred(800)), "восемьсот восьмисот"),
        (.number(.hundred(900)), "девятьсот девятисот"),
        (.number(.timesHundred), "hundred hundreds жүз жүзге жүзден"),
        (
            .number(.thousand),
            "тысяча тысячи тысячу тысяч тысячам тысячей тыс тыщ~2 thousand thousands мың мыңға мыңнан мыңды мыңның"
        ),
        (.number(.million), "миллион~3 млн million millions млн"), (.number(.billion), "миллиард~3 млрд billion"),
        (.number(.half), "half жарты"), (.number(.oneAndHalf), "полтора полторы полутора"),
        (.number(.weak(2)), "пара пару пары couple"),
    ]

    private static let units: [Source] = [
        (.unit(.money(.tenge)), "тенге теңге~5 тг kzt tenge"),
        (.unit(.money(.ruble)), "руб рубль рубля рублей рублю рублям рубли р rub ruble rubles rouble roubles"),
        (.unit(.money(.dollar)), "доллар~3 usd dollar dollars бакс~2 bucks"), (.unit(.money(.euro)), "евро eur euro euros еуро"),
        (.unit(.money(.som)), "сом сома сомов kgs"), (.unit(.money(.sum)), "сум сумов uzs"),
        (.unit(.money(.yuan)), "юань юаней юаня cny yuan"),
        (.unit(.percent), "процент~4 проц percent pct пайыз~4"),
        (.unit(.times), "раз раза times есе х"),
        (.unit(.second), "секунд~2 сек seconds секундта"),
        (.unit(.minute), "минут~4 мин minute minutes min mins минөт"),
        (.unit(.hour), "час часа часов часу часам часах часик hour hours hr hrs ч сағат~5"),
        (.unit(.day), "день дня дней дню дням днем днями дни дн сутки суток day days күн~5 тәулік~4"),
        (.unit(.week), "недел~4 нед week weeks апта~4"), (.unit(.month), "месяц~4 мес month months ай айға айда айдан айлық"),
        (.unit(.year), "год года году годом годы лет летн~3 year years жыл~5"),
        (.unit(.gram), "грамм~3 г гр gram grams g"), (.unit(.kilogram), "килограмм~3 кило кг kg kilo kilos kilogram~1 келі"),
        (.unit(.tonne), "тонн~2 т ton tons tonne tonnes"), (.unit(.millimetre), "мм mm миллиметр~3"),
        (.unit(.centimetre), "см cm сантиметр~3"), (.unit(.metre), "м m метр~3 meter~1 metre~1"),
        (.unit(.kilometre), "км km километр~3 kilomet~3 шақырым~3"), (.unit(.squareMetre), "м2 m2 кв sqm шаршы"),
        (.unit(.cubicMetre), "м3 m3 куб~2"), (.unit(.litre), "литр~3 л l liter~1 litre~1"),
        (.unit(.millilitre), "мл ml миллилитр~3"),
        (.unit(.piece), "шт штук~2 pcs pieces дана"), (.unit(.person), "человек человека person persons people адам~4"),
    ]

    private static let calendar: [Source] = [
        (.month(1), "январ~3 january jan қаңтар~3"), (.month(2), "феврал~3 february feb ақпан~3"),
        (.month(3), "март марта марте марту march наурыз~3"), (.month(4), "апрел~3 april apr сәуір~3"),
        (.month(5), "май мая мае маю may мамыр~3"), (.month(6), "июн~3 june маусым~3"), (.month(7), "июл~3 july шілде~3"),
        (.month(8), "август~3 august aug тамыз~3"), (.month(9), "сентябр~3 september sept қыркүйек~3 қыркүйег~3"),
        (.month(10), "октябр~3 october oct қазан қазанда қазанға қазанның қазаннан"),
        (.month(11), "ноябр~3 november nov қараша~3"),
        (.month(12), "декабр~3 december dec желтоқсан~3"),
        (.days([1]), "понедельник~3 пн monday mondays дүйсенбі~4"), (.days([2]), "вторник~3 вт tuesday tuesdays сейсенбі~4"),
        (.days([3]), "среда среду среды среде средам ср wednesday wednesdays сәрсенбі~4"),
        (.days([4]), "четверг~3 чт thursday thursdays бейсенбі~4"), (.days([5]), "пятниц~3 пт friday fridays жұма жұмада жұмаға"),
        (.days([6]), "суббот~3 сб saturday saturdays сенбі~4"), (.days([7]), "воскресень~3 вс sunday sundays жексенбі~4"),
        (.days([1, 2, 3, 4, 5]), "будни будням будние будний weekday weekdays"),
        (.days([6, 7]), "выходные выходным выходных weekend weekends демалыс"),
        (.days([1, 2, 3, 4, 5, 6, 7]), "ежедневно everyday daily күнделікті"),
        (.relativeDay("today"), "сегодня today бүгін"), (.relativeDay("tomorrow"), "завтра tomorrow ертең"),
        (.relativeDay("after tomorrow"), "послезавтра бүрсігүні"), (.relativeDay("yesterday"), "вчера yesterday кеше"),
        (.relativeDay("tonight"), "tonight"),
        (.morning, "утра утром am таңғы"), (.evening, "вечера pm дня кешкі"),
    ]

    private static let concepts: [Source] = [
        (
            .concept(.discount),
            "скидк~4 скидочк~3 скидок уцен~5 распродаж~3 акци~4 спецпредложени~3 дешевле удешев~6 discount~3 cheaper promo"
        ),
        (.concept(.discount), "промокод~3 жеңілдік~6 жеңілдіг~6 жеңілдет~6 арзандат~8 арзанырақ"),
        (.concept(.free), "бесплатн~4 безвозмездн~4 даром задаром gratis complimentary тегін~4 ақысыз free"),
        (.concept(.gift), "подарок подарк~4 подарим подарю бонус~3 gift gifts bonus bonuses сыйлық~5 сыйлығ~5 сыйға"),
        (.concept(.guarantee), "гаранти~8 guarantee~4 warrant~5 кепілдік~5 кепілдіг~5"),
        (.concept(.promise), "обеща~5 клянусь клянемся promise~2 уәде~5 непременно assure~1"),
        (
            .concept(.refund),
            "возврат~3 refund~5 вернем возместим возмещ~7 компенсаци~3 компенсируем compensat~4 қайтарамыз қайтарып қайтарым~4"
        ),
        (.concept(.installment), "рассрочк~3 рассрочек installment~1 instalment~1"),
        (.concept(.half), "полцены вполцены halved"), (.concept(.cashback), "кэшбэк~2 кешбэк~2 cashback"),
        (.concept(.roundTheClock), "круглосуточн~3 round-the-clock тәулік-бойы"),
    ]

    private static let grammar: [Source] = [
        (
            .negation,
            "не нет без никаких not no don't doesn't isn't aren't can't cannot won't never without жоқ емес бермейміз бермейді"
        ),
        (.price, "стоит стоят стоим~6 цена цены цене цену ценой цен ценник price prices priced cost costs тұрады баға~6 құны"),
        (.workingDays, "рабоч~3 working business жұмыс"), (.filler, "календарн~3 полн~3 calendar full целых целые ровно"),
        (.from, "от с со from бастап"), (.upTo, "до по to till until through дейін максимум"), (.between, "между between"),
        (.and, "и and"), (.within, "течение within ішінде за in через per"),
    ]
}
