/**
 * What a role may do. The server decides; this only keeps the desk from offering what it would
 * refuse. Mirrors the role table of the `domain` crate.
 */
import type { Role } from "@tresen/api";

export type Right = "converse" | "manage" | "read-team" | "read-consents" | "answer-requests";

const ROLES: Record<Right, readonly Role[]> = {
  converse: ["owner", "lead", "teammate"],
  manage: ["owner", "admin"],
  "answer-requests": ["owner", "dpo"],
  "read-consents": ["owner", "lead", "teammate", "dpo"],
  "read-team": ["owner", "admin", "lead", "teammate", "dpo"],
};

export function roleHas(role: Role, right: Right): boolean {
  return ROLES[right].includes(role);
}

/** The roles in the order a menu shows them. */
export const ALL_ROLES: readonly Role[] = ["owner", "admin", "lead", "teammate", "dpo", "works_council"];

/** The roles somebody may give somebody else; empty when this person is none of theirs to change. */
export function rolesToGive(me: { id: string; role: Role }, other: { id: string; role: Role }): readonly Role[] {
  if (!roleHas(me.role, "manage") || me.id === other.id) return [];
  if (me.role === "owner") return ALL_ROLES;
  // Only an owner touches owners.
  return other.role === "owner" ? [] : ALL_ROLES.filter((role) => role !== "owner");
}
