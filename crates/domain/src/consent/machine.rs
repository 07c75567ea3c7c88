//! From state to state. Every pair of state and event has an answer: another state, or why not.

use super::confirm::{CHALLENGES_A_DAY_MAX, Way};
use super::event::{
    Actor, Answer, AskedBy, Circumstances, Event, Pressed, Proof, Refusal, Request, What,
};
use super::notice::NoticeMark;
use super::purpose::{Expiry, proof_until};
use super::state::{AddressState, Consent, Grant, State, Status};
use crate::ids::{ConsentEventId, TeammateId};
use crate::time::{DAY_MS, Timestamp};

/// Who said no is not asked again for about six months.
const REASK_AFTER_MS: i64 = 183 * DAY_MS;

type Next = Result<State, Refusal>;

impl Consent {
    /// The consent after an event.
    ///
    /// # Errors
    /// Why the event changes nothing. A withdrawal is never refused.
    pub fn after(&self, event: &Event, world: &Circumstances<'_>) -> Result<Self, Refusal> {
        let state = self.next(event, world)?;
        let mut next = Self {
            state,
            ..self.clone()
        };
        next.note(event.id, &event.what);
        if let State::Granted(grant) = &next.state {
            let since = grant.last_used.map_or(grant.at, |used| used.max(grant.at));
            next.proof_until = next.proof_until.max(Some(proof_until(since)));
        }
        Ok(next)
    }

    /// Keeps the events that the new state rests on.
    fn note(&mut self, id: ConsentEventId, what: &What) {
        match what {
            What::Used | What::NoticeChanged | What::CaseEnded => return,
            What::ChallengeIssued { .. } | What::Confirmed(_) | What::WroteCode(_) => {}
            // A renewal stands by itself, and so does everything that begins or ends.
            _ => self.rests_on.clear(),
        }
        self.rests_on.push(id);
    }

    fn next(&self, event: &Event, world: &Circumstances<'_>) -> Next {
        match &event.what {
            // First and without a guard: nothing may stand in the way of a no.
            What::Withdrawn | What::Objected => Ok(State::Withdrawn { at: world.now }),
            What::Refused => Ok(self.refused(world.now)),
            What::Requested(request) => self.requested(request, world),
            What::ChallengeIssued { way, neutral } => self.challenged(*way, *neutral, world),
            What::Confirmed(answer) => self.confirmed(event.by, answer, world),
            What::WroteCode(answer) => self.wrote_code(event.by, answer, world),
            What::TimedOut => self.timed_out(world),
            What::Used => self.used(world),
            What::Renewed {
                explicit,
                in_conversation,
            } => self.renewed(event.by, *explicit, *in_conversation, world),
            What::NoticeChanged => self.notice_changed(world),
            What::AddressChanged => self.address_changed(world),
            What::CaseEnded => self.case_ended(world),
            What::Invalidated {
                second,
                reason_given,
            } => invalidated(event.by, *second, *reason_given),
            What::Imported => match self.state {
                State::None => Ok(State::Asserted),
                _ => Err(Refusal::NotPossibleNow),
            },
            What::ProofAdded(proof) => self.proven(event.by, proof, world),
        }
    }

    /// A no to a question is a refusal; a no to something that stands ends it.
    const fn refused(&self, now: Timestamp) -> State {
        match self.state {
            State::None
            | State::Requested { .. }
            | State::Pending { .. }
            | State::Refused { .. }
            | State::Lapsed { .. }
            | State::Asserted => State::Refused { at: now },
            // After an end nobody is asked again, also not in six months.
            State::Granted(_)
            | State::Expired
            | State::Outdated
            | State::Unverified
            | State::Withdrawn { .. }
            | State::Invalidated => State::Withdrawn { at: now },
        }
    }

    fn requested(&self, request: &Request, world: &Circumstances<'_>) -> Next {
        self.fits(world)?;
        if !request.notice_served {
            return Err(Refusal::NoticeNotServed);
        }
        if request.preticked {
            return Err(Refusal::Preticked);
        }
        if world.purpose.needs_explicit && !request.explicit {
            return Err(Refusal::ExplicitNeeded);
        }
        let asked = !matches!(request.asked_by, AskedBy::Person);
        let unbidden = matches!(
            request.asked_by,
            AskedBy::House {
                in_conversation: false
            }
        );
        match self.status(world.now, world.notice, &world.address) {
            Status::Granted => return Err(Refusal::NotPossibleNow),
            Status::Refused if asked && !self.may_reask(world.now) => {
                return Err(Refusal::ReaskTooEarly);
            }
            Status::Expired | Status::Withdrawn | Status::Invalidated if asked => {
                return Err(Refusal::NoOutboundQuestion);
            }
            _ if unbidden => return Err(Refusal::ConversationNeeded),
            _ => {}
        }
        Ok(State::Requested {
            at: world.now,
            notice: world.notice.mark,
            explicit: request.explicit,
        })
    }

    fn may_reask(&self, now: Timestamp) -> bool {
        match self.state {
            State::Refused { at } => now >= at.plus_ms(REASK_AFTER_MS),
            _ => true,
        }
    }

    /// What every act of agreement needs.
    fn fits(&self, world: &Circumstances<'_>) -> Result<(), Refusal> {
        let same = world.address.id == self.subject.address
            && world.address.channel == self.subject.channel;
        if !same {
            return Err(Refusal::ChannelMismatch);
        }
        if world.address.state == AddressState::Gone {
            return Err(Refusal::AddressUnverified);
        }
        if world.purpose.code != self.subject.purpose
            || !world
                .notice
                .covers(&self.subject.purpose, world.address.medium)
        {
            return Err(Refusal::Scope);
        }
        if !world.age.may_agree() {
            return Err(Refusal::Minor);
        }
        Ok(())
    }

    fn challenged(&self, way: Way, neutral: bool, world: &Circumstances<'_>) -> Next {
        let State::Requested {
            notice, explicit, ..
        } = self.state
        else {
            return Err(Refusal::NotPossibleNow);
        };
        self.fits(world)?;
        if self.status(world.now, world.notice, &world.address) != Status::Requested {
            return Err(Refusal::ChallengeExpired);
        }
        if !neutral {
            return Err(Refusal::NotNeutral);
        }
        // Who writes first is asked nothing; whoever asks a stranger asks only where that is on.
        if way == Way::WritesFirst
            || !way.is_possible(world.address.medium)
            || (way == Way::TextCode && !world.text_codes)
        {
            return Err(Refusal::WayNotPossible);
        }
        if world.suppressed && way.sends_first() {
            return Err(Refusal::Suppressed);
        }
        if world.challenges_today >= CHALLENGES_A_DAY_MAX {
            return Err(Refusal::TooManyChallenges);
        }
        Ok(State::Pending {
            until: way.deadline(world.now),
            notice,
            explicit,
            way,
        })
    }

    fn confirmed(&self, by: Actor, answer: &Answer, world: &Circumstances<'_>) -> Next {
        let (notice, explicit) = match self.state {
            State::Pending {
                notice, explicit, ..
            } => (notice, explicit),
            State::Requested {
                notice, explicit, ..
            } if !world.purpose.needs_confirmation => (notice, explicit),
            _ => return Err(Refusal::NotPossibleNow),
        };
        self.answered(by, answer, world)?;
        grant(notice, explicit, world)
    }

    fn wrote_code(&self, by: Actor, answer: &Answer, world: &Circumstances<'_>) -> Next {
        let State::Requested {
            notice, explicit, ..
        } = self.state
        else {
            return Err(Refusal::NotPossibleNow);
        };
        if !Way::WritesFirst.is_possible(world.address.medium) {
            return Err(Refusal::WayNotPossible);
        }
        self.answered(by, answer, world)?;
        grant(notice, explicit, world)
    }

    /// An answer counts when the person gave it, in time, by an act, from the address itself.
    fn answered(
        &self,
        by: Actor,
        answer: &Answer,
        world: &Circumstances<'_>,
    ) -> Result<(), Refusal> {
        if by != Actor::Person {
            return Err(Refusal::OnlyThePerson);
        }
        if answer.channel != self.subject.channel || answer.address != self.subject.address {
            return Err(Refusal::ChannelMismatch);
        }
        self.fits(world)?;
        if world.address.state != AddressState::Active {
            return Err(Refusal::AddressUnverified);
        }
        if self.status(world.now, world.notice, &world.address) == Status::Lapsed {
            return Err(Refusal::ChallengeExpired);
        }
        if answer.pressed != Pressed::Button {
            return Err(Refusal::NeedsButton);
        }
        if !answer.token_valid {
            return Err(Refusal::TokenInvalid);
        }
        Ok(())
    }

    fn timed_out(&self, world: &Circumstances<'_>) -> Next {
        match (
            &self.state,
            self.status(world.now, world.notice, &world.address),
        ) {
            (State::Requested { .. } | State::Pending { .. }, Status::Lapsed) => {
                Ok(State::Lapsed { at: world.now })
            }
            (State::Granted(_), Status::Expired) => Ok(State::Expired),
            (State::Requested { .. } | State::Pending { .. } | State::Granted(_), _) => {
                Err(Refusal::TooEarly)
            }
            _ => Err(Refusal::NotPossibleNow),
        }
    }

    fn used(&self, world: &Circumstances<'_>) -> Next {
        match (
            &self.state,
            self.status(world.now, world.notice, &world.address),
        ) {
            (State::Granted(_), Status::Granted) if world.purpose.expiry == Expiry::Once => {
                Ok(State::Expired)
            }
            (State::Granted(grant), Status::Granted) => {
                let ends = world.purpose.ends_unused(world.now);
                Ok(State::Granted(Grant {
                    // A clock that steps back takes nothing away and adds nothing.
                    last_used: grant.last_used.max(Some(world.now)),
                    expires_at: grant.expires_at.max(ends),
                    ..*grant
                }))
            }
            _ => Err(Refusal::NotPossibleNow),
        }
    }

    fn renewed(
        &self,
        by: Actor,
        explicit: bool,
        in_conversation: bool,
        world: &Circumstances<'_>,
    ) -> Next {
        match self.status(world.now, world.notice, &world.address) {
            Status::Granted => {}
            Status::Outdated if in_conversation => {}
            Status::Outdated => return Err(Refusal::ConversationNeeded),
            _ => return Err(Refusal::NotPossibleNow),
        }
        if by != Actor::Person {
            return Err(Refusal::OnlyThePerson);
        }
        self.fits(world)?;
        if world.address.state != AddressState::Active {
            return Err(Refusal::AddressUnverified);
        }
        grant(world.notice.mark, explicit, world)
    }

    /// Whether time ended it already, though nobody recorded that.
    fn has_expired(&self, world: &Circumstances<'_>) -> bool {
        self.status(world.now, world.notice, &world.address) == Status::Expired
    }

    fn notice_changed(&self, world: &Circumstances<'_>) -> Next {
        match &self.state {
            // What expired is not merely outdated: nobody is asked about it again.
            State::Granted(_) if self.has_expired(world) => Ok(State::Expired),
            State::Granted(grant) if grant.notice.material != world.notice.mark.material => {
                Ok(State::Outdated)
            }
            _ => Err(Refusal::NotPossibleNow),
        }
    }

    fn address_changed(&self, world: &Circumstances<'_>) -> Next {
        match self.state {
            State::Granted(_) if self.has_expired(world) => Ok(State::Expired),
            State::Granted(_) | State::Outdated => Ok(State::Unverified),
            // Whoever answers now may be somebody else than who was asked.
            State::Requested { .. } | State::Pending { .. } => Ok(State::Lapsed { at: world.now }),
            _ => Err(Refusal::NotPossibleNow),
        }
    }

    fn case_ended(&self, world: &Circumstances<'_>) -> Next {
        let State::Granted(grant) = &self.state else {
            return Err(Refusal::NotPossibleNow);
        };
        let ends = world.purpose.ends_with_case(world.now);
        let ends = ends.ok_or(Refusal::NotPossibleNow)?;
        let earliest = grant.expires_at.map_or(ends, |at| at.min(ends));
        Ok(State::Granted(Grant {
            expires_at: Some(earliest),
            ..*grant
        }))
    }

    fn proven(&self, by: Actor, proof: &Proof, world: &Circumstances<'_>) -> Next {
        if self.state != State::Asserted {
            return Err(Refusal::NotPossibleNow);
        }
        self.fits(world)?;
        if world.address.state != AddressState::Active {
            return Err(Refusal::AddressUnverified);
        }
        let whole = proof.text && proof.act && proof.source;
        let confirmed = proof.confirmation || !world.purpose.needs_confirmation;
        let given_at = proof.given_at.filter(|at| *at <= world.now);
        let Some(given_at) = given_at.filter(|_| whole && confirmed) else {
            return Err(Refusal::ProofIncomplete);
        };
        // A list does not prove itself: somebody looked at what was uploaded.
        if !matches!(by, Actor::Teammate(_)) {
            return Err(Refusal::ProofIncomplete);
        }
        // It is as old as what it proves.
        let then = Circumstances {
            now: given_at,
            ..world.clone()
        };
        grant(world.notice.mark, proof.explicit, &then)
    }
}

fn grant(notice: NoticeMark, explicit: bool, world: &Circumstances<'_>) -> Next {
    if notice.material != world.notice.mark.material {
        return Err(Refusal::OutdatedNotice);
    }
    if world.purpose.needs_explicit && !explicit {
        return Err(Refusal::ExplicitNeeded);
    }
    Ok(State::Granted(Grant {
        at: world.now,
        notice,
        explicit,
        last_used: None,
        expires_at: world.purpose.ends_unused(world.now),
    }))
}

/// Four eyes and a reason.
fn invalidated(by: Actor, second: TeammateId, reason_given: bool) -> Next {
    match by {
        Actor::Teammate(first) if first != second => {}
        _ => return Err(Refusal::TwoPersonsNeeded),
    }
    if !reason_given {
        return Err(Refusal::ReasonNeeded);
    }
    Ok(State::Invalidated)
}
