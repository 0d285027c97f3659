extension LocalizedText {
    /// A name that is the same in every language.
    public init(_ name: String) { self.init(en: name, ru: name, kk: name) }
}

extension SettingField {
    /// The secret that proves deliveries genuine, which the host makes up. `provider` says where they come from, in Kazakh in the
    /// ablative: `Telegram-нан`.
    public static func webhookSecret(_ name: String, from provider: LocalizedText) -> SettingField {
        SettingField(
            name: name, title: LocalizedText(en: "Webhook secret", ru: "Секрет вебхука", kk: "Вебхук құпиясы"),
            help: LocalizedText(
                en: "Proves that a delivery comes from \(provider.english). Made up automatically.",
                ru: "Подтверждает, что запрос пришёл от \(provider.russian). Создаётся автоматически.",
                kk: "Сұраудың \(provider.kazakh) келгенін растайды. Автоматты түрде жасалады."),
            secrecy: .verificationKey, isGenerated: true)
    }

    /// The address of the provider's interface, which only few change. `interface` is its name, like "Bot API".
    public static func apiAddress(
        _ name: String, of interface: String = "API", help: LocalizedText, default standard: String? = nil
    ) -> SettingField {
        SettingField(
            name: name, kind: .baseURL,
            title: LocalizedText(en: "\(interface) address", ru: "Адрес \(interface)", kk: "\(interface) мекенжайы"), help: help,
            isRequired: false, defaultValue: standard)
    }
}
