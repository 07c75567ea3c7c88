//! Erasures and legal holds: what goes, what stands against it, and what was certified.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::erasure::Stock;
use domain::teammate::Right;
use domain::{ContactId, ErasureId, HoldId, Pii};
use serde::{Deserialize, Serialize};
use store::{Erasure, Hold};
use utoipa::{IntoParams, ToSchema};

use crate::Http;
use crate::dto::{ListDto, rfc3339};
use crate::problem::{Problem, ProblemBody};
use crate::request::{Id, Json, Query, Who};

/// What is typed to begin it: it cannot be taken back.
const CONFIRM: &str = "ERASE";

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErasureStock)]
pub struct StockDto {
    pub conversations: i64,
    pub messages: i64,
    pub notes: i64,
    pub files: i64,
    pub addresses: i64,
}

impl StockDto {
    const fn of(stock: &Stock) -> Self {
        Self {
            conversations: stock.conversations,
            messages: stock.messages,
            notes: stock.notes,
            files: stock.files,
            addresses: stock.addresses,
        }
    }
}

/// What an erasure would do; nothing is changed by asking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErasurePreview)]
pub struct PreviewDto {
    pub goes: StockDto,
    /// When the holds that stand against it are to be looked at again.
    pub held_until: Vec<String>,
    /// Since when its data may only be kept: lift the restriction first.
    #[schema(required = true)]
    pub restricted_since: Option<String>,
    /// The erasure that was begun already.
    #[schema(required = true)]
    pub erasure_id: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Erasure)]
pub struct ErasureDto {
    pub id: String,
    /// Until it is done; afterwards nobody can tell who it was.
    #[schema(required = true)]
    pub contact_id: Option<String>,
    /// By this the tombstone names whom it was; it says nothing to who does not know the contact's
    /// id and hold the keys.
    pub digest: String,
    /// What comes next: stop, files, callbacks, rows, traces, key, generation, certificate; or done.
    pub step: String,
    /// `null` where the contact asked itself.
    #[schema(required = true)]
    pub asked_by: Option<String>,
    pub asked_at: String,
    #[schema(required = true)]
    pub finished_at: Option<String>,
    /// What there was when it began.
    pub erased: StockDto,
    /// Signed, without a word about whom it was.
    #[schema(required = true)]
    pub certificate: Option<String>,
}

fn hex(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl ErasureDto {
    fn of(erasure: &Erasure) -> Self {
        Self {
            id: erasure.id.to_string(),
            contact_id: erasure.contact.map(|contact| contact.to_string()),
            digest: hex(&erasure.digest),
            step: erasure.step.map_or("done", |step| step.as_str()).to_owned(),
            asked_by: erasure.asked_by.map(|by| by.to_string()),
            asked_at: rfc3339(erasure.asked_at),
            finished_at: erasure.finished_at.map(rfc3339),
            erased: StockDto::of(&erasure.stock),
            certificate: erasure.certificate.clone(),
        }
    }
}

/// What erasing a contact would take away, and what stands against it.
#[utoipa::path(get, path = "/api/v1/contacts/{id}/erasure", tag = "erasures", params(("id" = String, Path)),
    responses((status = 200, body = PreviewDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn preview(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ContactId>,
) -> Result<Response, Problem> {
    let access = who.may(Right::Erase)?;
    let preview = http.app.erasure_preview(&access, id).await;
    let preview = preview.map_err(who.problem())?;
    Ok(axum::Json(PreviewDto {
        goes: StockDto::of(&preview.goes),
        held_until: preview.held_until.into_iter().map(rfc3339).collect(),
        restricted_since: preview.restricted_at.map(rfc3339),
        erasure_id: preview.erasure.map(|id| id.to_string()),
    })
    .into_response())
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewErasure {
    pub contact_id: String,
    /// `ERASE`, typed by a person: it cannot be taken back.
    pub confirm: String,
}

/// Begins to erase a contact: its words, files, addresses and key, here and in every backup. Asked
/// again, answers the erasure that was begun.
#[utoipa::path(post, path = "/api/v1/erasures", tag = "erasures", request_body = NewErasure,
    responses((status = 201, body = ErasureDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn begin(
    State(http): State<Http>,
    who: Who,
    Json(asked): Json<NewErasure>,
) -> Result<Response, Problem> {
    let access = who.may(Right::Erase)?;
    if asked.confirm != CONFIRM {
        return Err(crate::api::choice("confirm", CONFIRM, who.lang));
    }
    let contact: ContactId = asked
        .contact_id
        .parse()
        .map_err(|_| Problem::not_found(who.lang))?;
    let begun = http.app.erase(&access, contact).await;
    let begun = begun.map_err(who.problem())?;
    Ok((StatusCode::CREATED, axum::Json(ErasureDto::of(&begun))).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ErasuresQuery {
    /// The last id of the page before.
    pub cursor: Option<String>,
}

/// Erasures, newest first, up to 200 a page.
#[utoipa::path(get, path = "/api/v1/erasures", tag = "erasures", params(ErasuresQuery),
    responses((status = 200, body = ListDto<ErasureDto>), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn list(
    State(http): State<Http>,
    who: Who,
    Query(query): Query<ErasuresQuery>,
) -> Result<Response, Problem> {
    let access = who.may(Right::Erase)?;
    let before = query.cursor.map(|cursor| cursor.parse::<ErasureId>());
    let before = before
        .transpose()
        .map_err(|_| Problem::malformed(who.lang))?;
    let found = http.app.erasures(&access, before).await;
    let found = found.map_err(who.problem())?;
    let last = found.last().map(|erasure| erasure.id.to_string());
    Ok(axum::Json(ListDto {
        next_cursor: last.filter(|_| found.len() >= 200),
        items: found.iter().map(ErasureDto::of).collect(),
    })
    .into_response())
}

/// One erasure, with its certificate once it is done.
#[utoipa::path(get, path = "/api/v1/erasures/{id}", tag = "erasures", params(("id" = String, Path)),
    responses((status = 200, body = ErasureDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn show(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<ErasureId>,
) -> Result<Response, Problem> {
    let access = who.may(Right::Erase)?;
    let found = http.app.erasure(&access, id).await;
    let found = found.map_err(who.problem())?;
    Ok(axum::Json(ErasureDto::of(&found)).into_response())
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tombstone)]
pub struct TombstoneDto {
    pub digest: String,
    pub at: String,
}

/// What stays of everybody who was erased, oldest first. It lies with the keys, and is replayed
/// when a copy from before comes back.
#[utoipa::path(get, path = "/api/v1/tombstones", tag = "erasures",
    responses((status = 200, body = ListDto<TombstoneDto>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody)))]
pub async fn tombstones(State(http): State<Http>, who: Who) -> Result<Response, Problem> {
    let access = who.may(Right::Erase)?;
    let stones = http.app.tombstones(&access).await;
    let stones = stones.map_err(who.problem())?;
    let items = stones.iter().map(|stone| TombstoneDto {
        digest: hex(&stone.digest),
        at: rfc3339(domain::Timestamp(stone.at_ms)),
    });
    Ok(axum::Json(ListDto {
        items: items.collect(),
        next_cursor: None,
    })
    .into_response())
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewHold {
    pub contact_id: String,
    /// The file number or the name of the matter.
    pub matter: String,
    pub reason: String,
    /// When somebody looks at it again; it does not end by itself.
    pub review_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hold)]
pub struct HoldDto {
    pub id: String,
    pub contact_id: String,
    pub matter: String,
    pub reason: String,
    pub review_at: String,
    pub asked_by: String,
    pub asked_at: String,
    /// The second person; until then it stands as well, and is to be agreed to or ended.
    #[schema(required = true)]
    pub agreed_by: Option<String>,
    #[schema(required = true)]
    pub ended_at: Option<String>,
}

impl HoldDto {
    fn of(hold: &Hold) -> Self {
        Self {
            id: hold.id.to_string(),
            contact_id: hold.contact.to_string(),
            matter: hold.matter.expose().clone(),
            reason: hold.reason.expose().clone(),
            review_at: rfc3339(hold.review_at),
            asked_by: hold.asked_by.to_string(),
            asked_at: rfc3339(hold.asked_at),
            agreed_by: hold.agreed_by.map(|by| by.to_string()),
            ended_at: hold.ended_at.map(rfc3339),
        }
    }
}

/// Holds a contact back from every erasure, by a wish or by the end of its time.
#[utoipa::path(post, path = "/api/v1/holds", tag = "erasures", request_body = NewHold,
    responses((status = 201, body = HoldDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn hold(
    State(http): State<Http>,
    who: Who,
    Json(asked): Json<NewHold>,
) -> Result<Response, Problem> {
    let access = who.may(Right::Erase)?;
    let contact: ContactId = asked
        .contact_id
        .parse()
        .map_err(|_| Problem::not_found(who.lang))?;
    let review_at = crate::dto::parse_moment(&asked.review_at);
    let review_at = review_at.ok_or_else(|| Problem::malformed(who.lang))?;
    let hold = http
        .app
        .hold(
            &access,
            contact,
            Pii::new(asked.matter),
            Pii::new(asked.reason),
            review_at,
        )
        .await
        .map_err(who.problem())?;
    Ok((StatusCode::CREATED, axum::Json(HoldDto::of(&hold))).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HoldsQuery {
    /// The last id of the page before.
    pub cursor: Option<String>,
}

/// Holds that stand, newest first, up to 200 a page.
#[utoipa::path(get, path = "/api/v1/holds", tag = "erasures", params(HoldsQuery),
    responses((status = 200, body = ListDto<HoldDto>), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub async fn holds(
    State(http): State<Http>,
    who: Who,
    Query(query): Query<HoldsQuery>,
) -> Result<Response, Problem> {
    let access = who.may(Right::Erase)?;
    let before = query.cursor.map(|cursor| cursor.parse::<HoldId>());
    let before = before
        .transpose()
        .map_err(|_| Problem::malformed(who.lang))?;
    let found = http.app.holds(&access, before).await;
    let found = found.map_err(who.problem())?;
    let last = found.last().map(|hold| hold.id.to_string());
    Ok(axum::Json(ListDto {
        next_cursor: last.filter(|_| found.len() >= 200),
        items: found.iter().map(HoldDto::of).collect(),
    })
    .into_response())
}

/// The second person agrees to a hold: never the one who asked for it.
#[utoipa::path(post, path = "/api/v1/holds/{id}/agree", tag = "erasures", params(("id" = String, Path)),
    responses((status = 200, body = HoldDto), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody)))]
pub async fn agree(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<HoldId>,
) -> Result<Response, Problem> {
    let access = who.may(Right::Erase)?;
    let hold = http.app.agree_to_hold(&access, id).await;
    Ok(axum::Json(HoldDto::of(&hold.map_err(who.problem())?)).into_response())
}

/// Ends a hold: from now on the contact can be erased again.
#[utoipa::path(delete, path = "/api/v1/holds/{id}", tag = "erasures", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
pub async fn end_hold(
    State(http): State<Http>,
    who: Who,
    Id(id): Id<HoldId>,
) -> Result<StatusCode, Problem> {
    let access = who.may(Right::Erase)?;
    let ended = http.app.end_hold(&access, id).await;
    ended.map_err(who.problem())?;
    Ok(StatusCode::NO_CONTENT)
}
