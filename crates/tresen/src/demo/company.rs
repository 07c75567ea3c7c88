//! The example company: who works there, which templates it had approved, and its set-up.

use app::{App, AppError, NewTeammateInput, SetupInput};
use domain::Pii;
use domain::teammate::Role;
use i18n::Language;
use serde_json::json;

use super::caller::CallError;
use super::desk::Team;
use super::graph::Account;

pub const COMPANY: &str = "Bergmann Lederwaren";
/// Customers find the own chat at `/c/laden`.
pub const SLUG: &str = "laden";
/// Everybody's; longer than the shortest one the house takes.
pub const PASSWORD: &str = "tresen-demo";
pub const OWNER: &str = "katharina";

pub struct Mate {
    /// How stories call them.
    pub key: &'static str,
    pub name: &'static str,
    pub email: &'static str,
    pub role: Role,
}

pub const TEAMMATES: [Mate; 4] = [
    Mate {
        key: OWNER,
        name: "Katharina Bergmann",
        email: "katharina@example.com",
        role: Role::Owner,
    },
    Mate {
        key: "emre",
        name: "Emre Aydın",
        email: "emre@example.com",
        role: Role::Lead,
    },
    Mate {
        key: "linh",
        name: "Linh Nguyễn",
        email: "linh@example.com",
        role: Role::Teammate,
    },
    Mate {
        key: "tomasz",
        name: "Tomasz Wieczorek",
        email: "tomasz@example.com",
        role: Role::Teammate,
    },
];

/// A template that the provider has approved.
pub struct Approved {
    pub name: &'static str,
    pub category: &'static str,
    pub body: &'static str,
    /// Answers that can be tapped.
    pub buttons: &'static [&'static str],
}

pub const FOOTER: &str = "Bergmann Lederwaren, Leipzig";

pub const TEMPLATES: [Approved; 3] = [
    Approved {
        name: "reparatur_fertig",
        category: "UTILITY",
        body: "Guten Tag {{1}}, Ihre Reparatur {{2}} ist fertig und liegt im Laden für Sie bereit. \
               Wir haben Montag bis Freitag von 10 bis 18.30 Uhr und Samstag bis 16 Uhr geöffnet.",
        buttons: &[],
    },
    Approved {
        name: "termin_erinnerung",
        category: "UTILITY",
        body: "Guten Tag {{1}}, wir erwarten Sie am {{2}} in unserer Werkstatt. Passt der Termin \
               noch?",
        buttons: &["Passt", "Verschieben"],
    },
    Approved {
        name: "neue_taschen",
        category: "MARKETING",
        body: "Guten Tag {{1}}, die neuen Taschen sind da! Kommen Sie vorbei und fassen Sie sie \
               an. Mit „Stopp“ hören Sie keine Neuigkeiten mehr von uns.",
        buttons: &["Stopp"],
    },
];

fn hire(mate: &Mate) -> NewTeammateInput {
    NewTeammateInput {
        email: mate.email.into(),
        name: mate.name.into(),
        role: mate.role,
        password: PASSWORD.into(),
    }
}

/// Sets the company up: owner, own chat, notice, teammates.
///
/// # Errors
/// What the use cases say.
pub async fn found(app: &App) -> Result<(), AppError> {
    let [owner, others @ ..] = &TEAMMATES;
    let token = app
        .open_setup()
        .await?
        .ok_or(AppError::Conflict("setup_done"))?;
    app.set_up(SetupInput {
        token: Pii::new(token.expose().to_owned()),
        company: COMPANY.to_owned(),
        country: Some("DE".to_owned()),
        imprint_url: Some("https://www.example.com/impressum".to_owned()),
        language: Language::De,
        owner: hire(owner),
        slug: SLUG.to_owned(),
        title: COMPANY.to_owned(),
        controller: "Bergmann Lederwaren, Katharina Bergmann, Beispielweg 1, 04229 Leipzig"
            .to_owned(),
        contact_email: "datenschutz@example.com".into(),
        retention_days: domain::limits::RETENTION_DAYS_DEFAULT,
    })
    .await?;
    for mate in others {
        app.add_teammate(hire(mate)).await?;
    }
    Ok(())
}

/// Connects the channels as the owner would; answers where the provider calls back.
///
/// # Errors
/// What the house answers.
pub async fn connect(
    team: &mut Team,
    account: &Account,
    api_base: &str,
) -> Result<String, CallError> {
    team.name_chat(OWNER, "Chat am Laden").await?;
    let settings = json!({
        "phone_number_id": account.number,
        "business_account_id": account.business,
        "access_token": account.access_token,
        "app_secret": account.app_secret,
        "verify_token": account.verify_token,
        "api_base": api_base,
    });
    team.add_channel(
        OWNER,
        json!({ "kind": "whatsapp", "name": "WhatsApp Laden", "settings": settings }),
    )
    .await
}
