"""What the load generator sends, written as whole HTTP requests with its placeholders."""
import json


def _lines(first, *headers):
    return "\r\n".join([first, "Host: 127.0.0.1", *headers]) + "\r\n\r\n"


def _update(text):
    """A private text message as Telegram delivers it (Bot API 10.1)."""
    update = {
        "update_id": "{seq}", "message": {
            "message_id": "{seq}", "from": {"id": "{chat}", "is_bot": False, "first_name": "Айгуль", "last_name": "Сериковна",
                                             "username": "customer_{chat}", "language_code": "ru"},
            "chat": {"id": "{chat}", "first_name": "Айгуль", "last_name": "Сериковна", "username": "customer_{chat}", "type": "private"},
            "date": "{date}", "text": text}}
    content = json.dumps(update, ensure_ascii=False)
    for number in ("{seq}", "{chat}", "{date}"):
        content = content.replace(f'"{number}"', number)
    return content


def webhook(text):
    """Delivered to a channel of the hooks file."""
    return _lines("POST {path} HTTP/1.1", "Content-Type: application/json", "Accept-Encoding: gzip, deflate",
                  "X-Telegram-Bot-Api-Secret-Token: {secret}") + _update(text)


def noop(text):
    """The same bytes for a server that does nothing with them."""
    return webhook(text).replace("{path}", "/noop").replace("{secret}", "0123456789abcdef0123456789abcdef")


def get(path, cookie, *headers):
    return _lines(f"GET {path} HTTP/1.1", f"Cookie: {cookie}", *headers)


FLOOD_TEXT = "Здравствуйте, подскажите по заказу qz{seq}: когда привезут угловой диван и можно ли оплатить картой при получении?"
QUESTION = "Сколько стоит диван Осло?"
KNOWLEDGE = [
    {"id": "price", "title": "Прайс-лист", "language": "ru", "text": "# Диваны\n- Диван «Осло» — 189 000 ₸\n- Диван угловой «Берген» — 349 000 ₸\n"},
    {"id": "delivery", "title": "Доставка", "language": "ru",
     "text": "Доставка по Алматы стоит 5 000 ₸ и занимает 1–2 дня. В Астану доставка занимает 4–6 дней и стоит 18 000 ₸."},
] + [
    {"id": f"item-{number}", "title": f"Товар {number}", "language": "ru",
     "text": f"Кресло модели {number} стоит {number * 500 + 20_000} ₸, гарантия {number % 5 + 1} года. Обивка: велюр, рогожка или экокожа."}
    for number in range(1, 199)
]
