// Shapes of the HTTP and live interfaces, by the names of the glossary. Written by hand until the
// OpenAPI document exists; then each becomes an alias of `components["schemas"][…]` in schema.d.ts.
// Times are RFC 3339 in UTC, ids are strings with a typed prefix.

export type Timestamp = string;
export type Locale = "de" | "en";

/** RFC 9457 problem; `title`, `detail` and explanations are already in the reader's language. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  reasons?: Reason[];
  fields?: Record<string, string>;
}
export interface Reason {
  code: string;
  explanation: string;
}
export interface List<T> {
  items: T[];
  next_cursor: string | null;
}

// ---- people and sessions ----

export type Role = "owner" | "admin" | "lead" | "teammate" | "dpo" | "works_council";
export interface Teammate {
  id: string;
  name: string;
  role: Role;
  email?: string;
}
export interface Session {
  teammate: Teammate;
  csrf_token: string;
  company: { name: string };
  public_url: string;
  version: string;
}
export interface Passkey {
  id: string;
  name: string;
  created_at: Timestamp;
}
export interface Address {
  id: string;
  kind: ChannelKind;
  channel_id: string;
  display: string;
  verified: boolean;
  last_used_at: Timestamp | null;
}
export interface Consent {
  purpose: string;
  channel_kind: ChannelKind;
  state: string;
}
export interface Contact {
  id: string;
  name: string;
  locale: Locale | null;
  created_at: Timestamp;
  addresses: Address[];
  consents: Consent[];
  conversations: { id: string; channel_kind: ChannelKind; status: Status; last_message_at: Timestamp }[];
  notices: { version: number; shown_at: Timestamp; locale: Locale }[];
}

// ---- channels ----

export type ChannelKind = "webchat" | "whatsapp";
export interface Channel {
  id: string;
  kind: ChannelKind;
  name: string;
  state: "active" | "paused" | "broken";
  callback_path?: string;
  settings: Record<string, unknown>;
  privacy_label: string;
}
export interface Entry {
  id: string;
  channel_id: string;
  slug: string;
  title: string;
  locale: Locale;
  url: string;
  snippet: string;
  allowed_origins: string[];
}

// ---- conversations ----

/** "open" is our turn, "waiting" the customer's. */
export type Status = "open" | "waiting" | "snoozed" | "done";
export interface ReplyWindow {
  state: "open" | "closed" | "none";
  closes_at: Timestamp | null;
}
export interface LastMessage {
  type: "message" | "note";
  direction?: Direction;
  text: string | null;
  author_name?: string;
  at: Timestamp;
  attachments: number;
}
export interface Conversation {
  id: string;
  contact: { id: string; name: string };
  channel_id: string;
  channel_kind: ChannelKind;
  address: { kind: ChannelKind; display: string };
  status: Status;
  assignee: { id: string; name: string } | null;
  subject: string | null;
  tags: string[];
  unread: number;
  last_message: LastMessage | null;
  last_message_at: Timestamp;
  reply_window: ReplyWindow;
  snoozed_until: Timestamp | null;
  last_seq: number;
  contact_read_seq: number;
  version: number;
}
export interface ConversationCounts {
  mine: number;
  queue: number;
  waiting?: number;
  snoozed: number;
  done: number;
  unread_mine: number;
}

// ---- timeline ----

/** From the company's view: inbound was written by the customer. */
export type Direction = "inbound" | "outbound";
export interface Author {
  kind: "contact" | "teammate" | "bot" | "api";
  id?: string;
  name?: string;
}
export type AttachmentKind = "image" | "video" | "audio" | "voice" | "sticker" | "file";
export interface Attachment {
  id: string;
  name: string;
  mime: string;
  /** bytes */
  size: number;
  url: string;
  kind: AttachmentKind;
  state: "stored" | "pending" | "gone" | "refused";
  /** pixels */
  width?: number;
  height?: number;
  caption?: string;
}
export type DeliveryState = "queued" | "sent" | "delivered" | "read" | "failed" | "unknown";
export interface Delivery {
  state: DeliveryState;
  error: Reason | null;
  cost: { billable: boolean; category: string } | null;
}
export interface Quote {
  message_id: string;
  text: string;
  author_name?: string;
}
export interface Reaction {
  by: "contact" | "teammate";
  emoji: string;
}
export interface ChoiceItem {
  id: string;
  title: string;
  description?: string;
}
export interface ChoiceSet {
  kind: "buttons" | "list";
  open?: string;
  items: ChoiceItem[];
}
export type CardKind = "location" | "contacts" | "order" | "choice" | "referral" | "unsupported" | "template";
export interface Card {
  kind: CardKind;
  lines: { label: string; value: string }[];
  url?: string;
}
export interface Message {
  type: "message";
  id: string;
  seq: number;
  at: Timestamp;
  direction: Direction;
  author: Author;
  text: string | null;
  attachments: Attachment[];
  quote: Quote | null;
  reactions: Reaction[];
  /** the contact's latest */
  reaction: string | null;
  choices: ChoiceSet | null;
  card: Card | null;
  delivery: Delivery | null;
  edited_at: Timestamp | null;
  deleted_at: Timestamp | null;
  client_id: string | null;
  channel_id: string;
  /** Grows with every change of this message. */
  version?: number;
}
export interface Note {
  type: "note";
  id: string;
  seq: number;
  at: Timestamp;
  author: Author;
  text: string;
}
export type ActivityKind =
  | "conversation_opened"
  | "notice_shown"
  | "assigned"
  | "unassigned"
  | "status_changed"
  | "identity_changed"
  | "preference_changed"
  | "call"
  | (string & {});
export interface Activity {
  type: "activity";
  id: string;
  seq: number;
  at: Timestamp;
  kind: ActivityKind;
  actor: { kind: string; id: string; name: string } | null;
  data: Record<string, string>;
}
export type TimelineItem = Message | Note | Activity;
export interface Timeline<T extends TimelineItem = TimelineItem> {
  items: T[];
  /** newer */
  next_cursor: string | null;
  /** older */
  previous_cursor: string | null;
}

// ---- composer ----

export interface TemplateParameter {
  where: "header" | "body" | "button";
  name: string;
  example?: string;
}
export interface Template {
  name: string;
  language: string;
  category: string;
  body: string;
  header?: string;
  footer?: string;
  parameters: TemplateParameter[];
}
export interface Capabilities {
  text_max: number;
  caption_max: number;
  quote: boolean;
  reactions: boolean;
  typing: boolean;
  read_marks: boolean;
  attachments: { kind: AttachmentKind; mimes: string[]; max_bytes: number }[];
  buttons: { max: number; title_max: number } | null;
  list: { max_rows: number; title_max: number; description_max: number } | null;
}
export interface Composer {
  recipient: { name: string; display: string; channel_kind: ChannelKind; channel_name: string };
  free_text: boolean;
  reasons: Reason[];
  reply_window: ReplyWindow;
  capabilities: Capabilities;
  templates: Template[];
}
export interface NewMessage {
  client_id?: string;
  text?: string;
  attachments?: string[];
  quote?: string;
  template?: {
    name: string;
    language: string;
    parameters: { header: string[]; body: string[]; buttons: string[] };
  };
  choices?: ChoiceSet;
}

// ---- customer chat ----

export interface Notice {
  version: number;
  url: string;
  text: string;
  summary?: string;
}
export interface ChatEntry {
  slug: string;
  title: string;
  locale: Locale;
  company: { name: string };
  languages: Locale[];
  notice: Notice & { summary: string };
  hours: null;
}
export interface ChatSession {
  contact_id: string;
  conversation_id: string | null;
  notice: Notice;
}
export interface ChatConversation {
  id: string;
  status: Status;
  team_read_seq: number;
  last_seq: number;
}

// ---- live ----

export type LiveKind =
  | "conversation.created"
  | "conversation.updated"
  | "message.created"
  | "message.updated"
  | "note.created"
  | "activity.created"
  | "contact.updated"
  | "channel.updated";
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
