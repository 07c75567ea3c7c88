// Names of the HTTP and live interfaces. Everything the server describes is an alias of the
// generated description (`npm run generate -w @tresen/api`); only frames that are no HTTP answers
// are written here.

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Timestamp = string;
export type Locale = Schemas["Locale"];

/** RFC 9457 problem; `title`, `detail` and explanations are already in the reader's language. */
export type Problem = Schemas["Problem"];
export type Reason = Schemas["Reason"];
export interface List<T> {
  items: T[];
  next_cursor: string | null;
}

// ---- people and sessions ----

export type Role = Schemas["Role"];
export type Teammate = Schemas["Teammate"];
export type Session = Schemas["Session"];
export type SetupDone = Schemas["SetupDone"];
export type SetupNeeded = Schemas["SetupNeeded"];
export type Passkey = Schemas["Passkey"];
export type Token = Schemas["Token"];
export type CompanyFacts = Schemas["CompanyFacts"];
export type Address = Schemas["Address"];
export type ContactConsent = Schemas["ContactConsent"];
export type ConsentNotice = Schemas["ConsentNotice"];
export type Purpose = Schemas["Purpose"];
export type ChatConsent = Schemas["ChatConsent"];
export type ChatConsents = Schemas["ChatConsents"];
export type ChatConsentQuestion = Schemas["ChatConsentQuestion"];
export type Consent = Schemas["Consent"];
export type Contact = Schemas["Contact"];
export type ContactSummary = Schemas["ContactSummary"];

// ---- channels ----

export type ChannelKind = Schemas["ChannelKind"];
export type Channel = Schemas["Channel"];
export type Entry = Schemas["Entry"];

// ---- conversations ----

export type Status = Schemas["Status"];
export type ReplyWindow = Schemas["ReplyWindow"];
export type LastMessage = Schemas["LastMessage"];
export type Conversation = Schemas["Conversation"];
export type ConversationCounts = Schemas["ConversationCounts"];

// ---- timeline ----

export type Direction = Schemas["Direction"];
export type Author = Schemas["Author"];
export type AttachmentKind = Schemas["AttachmentKind"];
export type Attachment = Schemas["Attachment"];
export type DeliveryState = Schemas["DeliveryState"];
export type Delivery = Schemas["Delivery"];
export type Quote = Schemas["Quote"];
export type Reaction = Schemas["Reaction"];
export type ChoiceItem = Schemas["ChoiceItem"];
export type ChoiceSet = Schemas["ChoiceSet"];
export type CardKind = Schemas["CardKind"];
export type Card = Schemas["Card"];
export type Message = Schemas["Message"] & { type: "message" };
export type Note = Schemas["Note"] & { type: "note" };
export type ActivityKind = Schemas["ActivityKind"];
export type Activity = Schemas["Activity"] & { type: "activity" };
export type TimelineItem = Message | Note | Activity;
export interface Timeline<T extends TimelineItem = TimelineItem> {
  items: T[];
  /** newer */
  next_cursor: string | null;
  /** older */
  previous_cursor: string | null;
}

// ---- composer ----

export type TemplateParameter = Schemas["TemplateParameter"];
export type Template = Schemas["Template"];
export type Capabilities = Schemas["Capabilities"];
export type Composer = Schemas["Composer"];
export type Objection = Schemas["Objection"];
export type Erasure = Schemas["Erasure"];
export type ErasurePreview = Schemas["ErasurePreview"];
export type ErasureStock = Schemas["ErasureStock"];
export type Export = Schemas["Export"];
export type Hold = Schemas["Hold"];
export type Person = Schemas["Person"];
export type NewMessage = Schemas["NewMessage"];

// ---- customer chat ----

export type Notice = Schemas["Notice"];
export type ChatEntry = Schemas["ChatEntry"];
export type ChatSession = Schemas["ChatSession"];
export type ChatConversation = Schemas["ChatConversation"];

// ---- one's own data ----

export type MyCode = Schemas["MyCode"];
export type MyData = Schemas["MyData"];
export type MyErasure = Schemas["MyErasure"];

// ---- live ----

export type LiveKind =
  | "conversation.created"
  | "conversation.updated"
  | "message.created"
  | "message.updated"
  | "note.created"
  | "activity.created"
  | "contact.updated"
  | "channel.updated"
  | "teammate.updated";
/** Carries the current full object: apply it as an upsert by id. */
export interface LiveEvent<C = Conversation> {
  seq: number;
  at: Timestamp;
  kind: LiveKind;
  conversation_id?: string;
  conversation?: C;
  item?: TimelineItem;
  contact?: Contact;
}
export interface TypingFrame {
  type: "typing";
  conversation_id?: string;
  by: { kind?: "contact" | "teammate"; id?: string; name: string };
  on: boolean;
}
export interface ViewingFrame {
  type: "viewing";
  conversation_id: string;
  teammates: { id: string; name: string }[];
}
export type LiveFrame<C = Conversation> =
  | { type?: undefined; cursor: string; events: LiveEvent<C>[] }
  | { type: "reset"; cursor: string }
  | TypingFrame
  | ViewingFrame;
