/// Units that belong to the number before them.
enum Units {
    static let names = Set(
        """
        кг г гр мг т км м см мм м2 м3 л мл шт уп вт квт гц ч час мин сек дн тг руб р тыс млн гб мб тб kg g km m cm mm l \
        ml pcs w kw v hz h min sec usd eur kzt rub gb mb tb дана сағ теңге тенге
        """.split(separator: " ").map(String.init))
}
