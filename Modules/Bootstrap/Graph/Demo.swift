import KnowledgeBase
import Channels
import Identity
import Foundation
import IdentityInterface
import Kernel
import KnowledgeBaseInterface
import Vault

/// The sample company: a furniture shop in three languages, with the real code behind every part of it.
struct Demo: Sendable {
    let installation: Installation

    static let channelKind = "webchat"
    static let questions = ["Сколько стоит диван?", "А скидку 80 %?", "Диван қанша тұрады?", "Do you deliver to Astana?"]
    private static let company = "Мебель «Осло»"

    /// Makes the company unless it is there.
    func prepare() async throws {
        guard try await installation.identity.directory.accounts().isEmpty else { return }
        let account = try await installation.identity.directory.createAccount(name: Self.company, language: .russian)
        _ = try await installation.identity.createOwner(
            account: account.id, name: "Владелец", email: "owner@demo.invalid", password: try Token().text)
        _ = try await installation.channels.administration.add(
            kind: Self.channelKind, name: "Сайт", mode: nil,
            settings: ["title": Self.company, "greeting": "Здравствуйте! Чем помочь?", "language": "ru", "color": "#2563eb"],
            by: .system, account: account.id)
        _ = try await installation.knowledge.editor.importAll(Self.knowledge, by: .system, account: account.id) { _ in }
    }

    /// A token that signs in as the owner, once.
    func signInLink() async throws -> String {
        guard let account = try await installation.identity.directory.accounts().first else { throw Problem.notFound }
        return try await installation.identity.createLink(.signIn, account: account.id)
    }

    private static let knowledge = [
        KnowledgeDraft(
            title: "Прайс-лист",
            text: """
                # Прайс-лист

                ## Диваны
                - Диван «Осло» — 189 000 ₸
                - Диван угловой «Берген» — 349 000 ₸
                - Диван-кровать «Тромсё» — 265 000 ₸

                ## Кресла
                - Кресло «Лунд» — 74 500 ₸
                - Кресло-качалка «Мальмё» — 98 000 ₸

                ## Столы
                - Стол обеденный «Уппсала» — 129 900 ₸
                - Журнальный столик «Висбю» — 39 900 ₸
                """, language: .russian, source: "demo/price-ru"),
        KnowledgeDraft(
            title: "Доставка и оплата",
            text: """
                # Доставка и оплата

                Доставка по Алматы стоит 5 000 ₸ и занимает 1–2 дня. В Астану и Шымкент доставка занимает 4–6 дней и стоит 18 000 ₸.

                Оплатить можно картой, Kaspi QR или наличными при получении. Рассрочка на 6 месяцев без переплаты.

                Вернуть мебель можно в течение 14 дней, если сохранена упаковка.
                """, language: .russian, source: "demo/delivery-ru"),
        KnowledgeDraft(
            title: "Шоурум",
            text: """
                # Шоурум

                Наш шоурум находится по адресу: Алматы, проспект Абая, 52. Мы работаем ежедневно с 10:00 до 20:00.
                """, language: .russian, source: "demo/showroom-ru"),
        KnowledgeDraft(
            title: "Баға тізімі",
            text: """
                # Баға тізімі

                - «Осло» диваны — 189 000 ₸
                - «Берген» бұрыштық диваны — 349 000 ₸
                - «Лунд» креслосы — 74 500 ₸
                - «Уппсала» ас үстелі — 129 900 ₸

                Алматы бойынша жеткізу 5 000 ₸ тұрады, 1–2 күн алады.
                """, language: .kazakh, source: "demo/price-kk"),
        KnowledgeDraft(
            title: "Prices and delivery",
            text: """
                # Prices and delivery

                - Sofa "Oslo" costs 189,000 ₸
                - Corner sofa "Bergen" costs 349,000 ₸
                - Armchair "Lund" costs 74,500 ₸

                We deliver to Astana in 4–6 days for 18,000 ₸ and within Almaty in 1–2 days for 5,000 ₸.
                """, language: .english, source: "demo/price-en"),
    ]
}
