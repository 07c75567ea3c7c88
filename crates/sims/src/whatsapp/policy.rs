//! What the platform allows: windows, rates, opt-outs, prices. Pure decisions over the world.

use super::graph::error::GraphError;
use super::world::{Pricing, Template, User, Window, World, digits_of, pair_key};

/// Refuses when the number or the pair is over its rate, otherwise counts the message.
pub fn take_rate(
    world: &mut World,
    phone_id: &str,
    user_key: Option<&str>,
    now_ms: i64,
) -> Result<(), GraphError> {
    if !world.limits.enforce_rates {
        return Ok(());
    }
    let per_second = world.limits.per_second;
    let second = world
        .meters
        .second
        .entry(phone_id.to_owned())
        .or_insert((0, 0));
    if second.0 != now_ms / 1000 {
        *second = (now_ms / 1000, 0);
    }
    if second.1 >= per_second {
        return Err(GraphError::new(
            130_429,
            "Cloud API message throughput has been reached",
        ));
    }
    if let Some(user_key) = user_key {
        let interval = world.limits.pair_interval_ms;
        let burst = i64::from(world.limits.pair_burst.max(1)) - 1;
        let due = world
            .meters
            .pair_due_ms
            .entry(pair_key(phone_id, user_key))
            .or_insert(0);
        if *due > now_ms + burst * interval {
            return Err(GraphError::new(
                131_056,
                "Too many messages sent from this phone number to the same phone number",
            ));
        }
        *due = (*due).max(now_ms) + interval;
    }
    second.1 += 1;
    Ok(())
}

/// Inbound messages count against the throughput of the number, but are never refused by it.
pub fn count_inbound(world: &mut World, phone_id: &str, now_ms: i64) {
    let second = world
        .meters
        .second
        .entry(phone_id.to_owned())
        .or_insert((0, 0));
    if second.0 != now_ms / 1000 {
        *second = (now_ms / 1000, 0);
    }
    second.1 = second.1.saturating_add(1);
}

/// Opens or renews the customer service window. An ad click opens the longer free entry period.
pub fn open_window(world: &mut World, phone_id: &str, user_key: &str, now_ms: i64, from_ad: bool) {
    let (window_ms, free_ms) = (world.limits.window_ms, world.limits.free_entry_ms);
    let window = world
        .windows
        .entry(pair_key(phone_id, user_key))
        .or_default();
    window.expires_ms = window.expires_ms.max(now_ms + window_ms);
    if from_ad {
        window.free_entry_until_ms = now_ms + free_ms;
        window.expires_ms = window.expires_ms.max(window.free_entry_until_ms);
    }
}

pub fn window(world: &World, phone_id: &str, user_key: &str) -> Window {
    world
        .windows
        .get(&pair_key(phone_id, user_key))
        .copied()
        .unwrap_or_default()
}

/// Why an accepted message is not going to arrive, if it is not.
pub fn undeliverable(
    world: &World,
    phone_id: &str,
    user: Option<&User>,
    template: Option<&Template>,
    free_of_window: bool,
    now_ms: i64,
) -> Option<GraphError> {
    let Some(user) = user.filter(|user| user.reachable) else {
        return Some(GraphError::new(
            131_026,
            "Message Undeliverable. The recipient is not on WhatsApp, uses an old version or has \
             not accepted the terms",
        ));
    };
    if let Some(template) = template {
        return marketing_refusal(user, template);
    }
    if !free_of_window && window(world, phone_id, &user.key).expires_ms <= now_ms {
        return Some(GraphError::new(
            131_047,
            "Message failed to send because more than 24 hours have passed since the customer last \
             replied to this number",
        ));
    }
    None
}

fn marketing_refusal(user: &User, template: &Template) -> Option<GraphError> {
    if template.category != "MARKETING" {
        return None;
    }
    if user.marketing_stopped.contains(&template.waba_id) {
        return Some(GraphError::new(
            131_050,
            "Unable to deliver the message. This recipient has chosen to stop receiving marketing \
             messages on WhatsApp from your business",
        ));
    }
    let american = user
        .phone
        .as_deref()
        .is_some_and(|phone| phone.starts_with('1'));
    (user.marketing_capped || american).then(|| {
        GraphError::new(
            131_049,
            "This message was not delivered to maintain healthy ecosystem engagement",
        )
    })
}

/// The price of a message by the rules of 2026-10-01: templates are always billed, free-form
/// messages after the free allowance of the number and month, the free entry period never.
pub fn price(
    world: &mut World,
    phone_id: &str,
    user_key: Option<&str>,
    template: Option<&Template>,
    lite: bool,
    now_ms: i64,
) -> Pricing {
    let free_entry =
        user_key.is_some_and(|key| window(world, phone_id, key).free_entry_until_ms > now_ms);
    if free_entry {
        return Pricing {
            billable: false,
            kind: "free_entry_point".into(),
            category: "referral_conversion".into(),
        };
    }
    if let Some(template) = template {
        let category = match template.category.as_str() {
            "MARKETING" if lite => "marketing_lite".to_owned(),
            other => other.to_lowercase(),
        };
        return Pricing {
            billable: true,
            kind: "regular".into(),
            category,
        };
    }
    let free = world.limits.free_service_messages;
    let month = month_number(now_ms);
    let counter = world
        .meters
        .service_month
        .entry(phone_id.to_owned())
        .or_insert((month, 0));
    if counter.0 != month {
        *counter = (month, 0);
    }
    counter.1 = counter.1.saturating_add(1);
    let billable = counter.1 > free;
    let kind = if billable {
        "regular"
    } else {
        "free_customer_service"
    };
    Pricing {
        billable,
        kind: kind.into(),
        category: "service".into(),
    }
}

/// Months since year 0 in UTC (days-to-civil after Howard Hinnant's public-domain algorithm).
fn month_number(now_ms: i64) -> i64 {
    let days = now_ms.div_euclid(86_400_000) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    (year_of_era + era * 400) * 12 + shifted + 2
}

/// Whether the sender addresses itself.
pub fn is_own_number(number: &str, to: &str) -> bool {
    digits_of(to) == number
}

#[cfg(test)]
mod tests {
    use super::month_number;

    #[test]
    fn months_change_at_midnight_utc() {
        let last_of_october = 1_793_491_199_999; // 2026-10-31T23:59:59.999Z
        assert_eq!(
            month_number(last_of_october) + 1,
            month_number(last_of_october + 1)
        );
        assert_eq!(month_number(0), 1970 * 12);
    }
}
