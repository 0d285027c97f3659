// Sample data of the development mock server. Nothing here is part of the product.
import type { Citation, Conversation, Message } from "../src/api/types.ts";

export const priceList = `# Прайс-лист

Диван «Осло» — 189 000 ₸
Диван «Берген» угловой — 265 000 ₸
Кресло «Осло» — 94 000 ₸
Доставка по Алматы — 5 000 ₸, бесплатно от 150 000 ₸
Гарантия на мягкую мебель — 24 месяца`;

export const deliveryText = `Delivery in Almaty takes 2 days.
Delivery to other cities takes 5 to 7 days.
Assembly is included in the price of every sofa.`;

export const kazakhText = `Жұмыс уақыты: күн сайын сағат 10:00-ден 20:00-ге дейін.
Мекенжайымыз: Алматы қаласы, Абай даңғылы, 150.
Бөліп төлеу — 12 айға дейін.`;

export const questions = [
  "Сколько стоит диван «Осло»?",
  "А скидку 80 %?",
  "Жеткізу қанша тұрады?",
  "Позовите оператора",
];

export const names = [
  "Айгуль Нурланова",
  "Данияр Сейтқали",
  "Ольга Ким",
  "Timur Akhmetov",
  "Жансая Әбдіқадырова",
  "Сергей Петров",
  "Мадина Оспанова",
  "Ерлан Төлеген",
  "Ingrid Sørensen",
  "Асель Жұмабекқызы",
];

export function quote(text: string, line: string, id: string, title: string, version = 3): Citation {
  const start = text.indexOf(line);
  return { entry_id: id, version, title, quote: line, start, end: start + line.length };
}

export function message(conversation: string, change: Partial<Message>): Message {
  return {
    id: crypto.randomUUID(),
    conversation_id: conversation,
    direction: "in",
    kind: "text",
    author: { type: "customer", id: null, name: "" },
    text: "",
    attachments: [],
    status: "received",
    failure: null,
    sent_at: new Date().toISOString(),
    edited: false,
    deleted: false,
    citations: [],
    cost: null,
    ...change,
  };
}

export function conversation(id: string, name: string, channel: Conversation["channel"], at: string): Conversation {
  return {
    id,
    contact: { id: crypto.randomUUID(), name, picture: null },
    channel,
    state: "open",
    owner: "bot",
    assignee: null,
    needs_human: false,
    handoff: null,
    unread: 0,
    last_message: null,
    bot_typing: false,
    verified: false,
    rating: null,
    created_at: at,
    updated_at: at,
  };
}
