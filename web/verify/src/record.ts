/** The record of one consent, made from its events and texts (sections 9 and 10 of the format). */
import { hexOf, need, sha256, utf8 } from "./bytes.ts";
import { canonical, type Json, type Member } from "./canonical.ts";
import type { Notice, Payload, ProvenEvent } from "./shapes.ts";

const CONTEXT = {
  dct: "http://purl.org/dc/terms/",
  dpv: "https://w3id.org/dpv#",
  "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
  loc: "https://w3id.org/dpv/loc#",
  pd: "https://w3id.org/dpv/pd#",
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  tresen: "urn:tresen:v1#",
};

const STATUSES: Partial<Record<Payload["event"], string>> = {
  requested: "dpv:ConsentRequested",
  confirmed: "dpv:ConsentGiven",
  renewed: "dpv:RenewedConsentGiven",
  refused: "dpv:ConsentRefused",
  objected: "dpv:ConsentWithdrawn",
  withdrawn: "dpv:ConsentWithdrawn",
  expired: "dpv:ConsentExpired",
  invalidated: "dpv:ConsentInvalidated",
};

const BY_THE_PERSON = new Set<string>(["requested", "confirmed", "refused", "renewed", "objected", "withdrawn"]);

/** What was proven, with the hash of its leaf. */
export interface Proven {
  event: ProvenEvent;
  leaf: string;
}

export async function recordId({ channel, identity, purpose, subject }: Payload): Promise<string> {
  return hexOf(await sha256(utf8(canonical({ channel, identity: identity ?? "", purpose, subject }))));
}

export function isGrant({ event }: Payload): boolean {
  return event === "confirmed" || event === "renewed";
}

function status(payload: Payload, notice: Notice): Member | null {
  const type = STATUSES[payload.event];
  if (type === undefined) return null;
  const types = [type];
  const entry: Member = {
    "@type": types,
    "dpv:isIndicatedAtTime": payload.ts,
    "dpv:isIndicatedBy": BY_THE_PERSON.has(payload.event) ? "dpv:DataSubject" : "dpv:DataController",
    "tresen:notice": payload.notice,
  };
  if (payload.act) entry["dpv:hasIndicationMethod"] = `${payload.channel}.${payload.act.kind}`;
  if (isGrant(payload)) {
    types.push(payload.explicit === true ? "dpv:ExplicitlyExpressedConsent" : "dpv:ExpressedConsent");
    entry["dpv:hasDuration"] = { "@type": "dpv:TemporalDuration", "rdf:value": notice.validity };
  }
  return entry;
}

export function record(id: string, events: readonly Proven[], notices: ReadonlyMap<string, Notice>): string {
  const last = events.at(-1)?.event.payload;
  need(last !== undefined, "a consent without an event");
  const noticeOf = (payload: Payload): Notice => {
    const notice = notices.get(payload.notice);
    need(notice !== undefined, `notice ${payload.notice} is not there`);
    return notice;
  };
  const notice = noticeOf(last);
  const purpose = notice.purposes.find(({ code }) => code === last.purpose);
  need(purpose !== undefined, "the notice does not speak of the purpose");
  const shown = [...new Set(events.map(({ event }) => event.payload.notice))];
  const { controller, withdrawal } = notice;
  const made: Member = {
    "@context": CONTEXT,
    "@id": `urn:tresen:record:${id}`,
    "@type": "dpv:ConsentRecord",
    "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr",
    "dct:identifier": id,
    "dpv:hasConsentControl": { "@type": ["dpv:WithdrawConsent"], "dpv:isExercisedAt": withdrawal.url },
    "dpv:hasConsentStatus": events.flatMap(({ event }) => status(event.payload, noticeOf(event.payload)) ?? []),
    "dpv:hasDataController": { "@id": `urn:tresen:controller:${controller.id}`, "dpv:hasAddress": controller.address, "dpv:hasName": controller.name },
    "dpv:hasDataSubject": { "@id": `urn:tresen:contact:${last.subject}` },
    "dpv:hasJurisdiction": notice.jurisdiction,
    "dpv:hasLegalBasis": notice.legal_basis,
    "dpv:hasNotice": shown.map((address) => ({
      "@id": `urn:sha256:${address.replace("sha256:", "")}`,
      "@type": "dpv:ConsentNotice",
      "dct:language": notices.get(address)?.locale ?? "",
    })),
    "dpv:hasProcess": [
      {
        "dpv:hasPersonalData": purpose.personal_data,
        "dpv:hasPurpose": purpose.dpv,
        "dpv:hasRecipient": notice.recipients.map(({ id: recipient }) => `urn:tresen:recipient:${recipient}`),
        "dpv:hasStorageCondition": [
          { "@type": "dpv:StorageLocation", "dpv:hasLocation": notice.storage },
          { "@type": "dpv:StorageDuration", "dpv:hasDuration": notice.retention },
        ],
      },
    ],
    "tresen:proof": events.map(({ event, leaf }) => ({
      "tresen:event": event.payload.event,
      "tresen:inclusion": event.proof,
      "tresen:index": event.leaf.seq,
      "tresen:leaf": leaf,
      "tresen:size": event.size,
      "tresen:tree": event.tree,
    })),
  };
  return canonical(made as Json);
}
