//! A house whose database somebody else has taken over says so to whoever asks.

use testkit::{Customer, Engine, SLUG, World, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_lost_its_claim_is_not_ready_but_alive() {
    let world = World::start(Engine::Postgres).await;
    let database = world.postgres().expect("it is on PostgreSQL");
    let mut customer = Customer::new(&world.base());
    customer.start(SLUG).await;
    customer.write("a", "Noch da?").await.expect(201);
    let ready = async || world.owner.outside("/readyz").await;
    let heir = database.heir();
    until("the heir waits", async || database.has_heir().then_some(())).await;
    assert_eq!(ready().await.status, 200, "waiting disturbs nobody");
    database.cut_claim();
    // Whoever writes next finds the claim taken; until then nobody has looked.
    let refused = until("it is not ready", async || {
        let answer = customer.write("b", "Und jetzt?").await;
        assert_ne!(answer.status, 201, "{}", answer.text());
        let asked = ready().await;
        (asked.status != 200).then_some(asked)
    })
    .await;
    assert_eq!(refused.problem(503), "unavailable");
    assert_eq!(world.owner.outside("/healthz").await.status, 200);
    // It stays so, also when the other one is gone: what this one remembers is old.
    drop(heir);
    database.cut_claim();
    assert_eq!(ready().await.problem(503), "unavailable");
    let again = customer.write("c", "Und nun?").await;
    assert_eq!(again.problem(503), "unavailable");
}
