//! tmp
use provider::*;
use schema::protocol::*;
use std::sync::Arc;
#[tokio::test(flavor = "multi_thread")]
async fn bench() {
    let Ok(b) = std::env::var("BENCH_BIN") else { return };
    let cache = std::path::PathBuf::from("/work/scratch/prov/cache");
    for round in 0..3 {
        let t = std::time::Instant::now();
        let pool = Pool::new(Settings { cache_dir: Some(cache.clone()), ..Default::default() });
        let l = Launch {
            provider: "x/y".into(),
            binary: b.clone().into(),
            working_dir: "/tmp".into(),
            sharing: Sharing::OwnFolder,
            environment: Arc::new([
                ("PATH".into(), "/bin".into()),
                ("HOME".into(), "/root".into()),
            ]),
            identity: "".into(),
            purpose: Purpose::Plan,
        };
        let h = pool.open(l).await.unwrap();
        println!("open {:?}", t.elapsed());
        let s = h.schemas().await.unwrap();
        println!(
            "schemas {:?} protocol {:?} caps {:?} resources {}",
            t.elapsed(),
            s.protocol(),
            s.capabilities(),
            s.resource_names().count()
        );
        h.warm().await.unwrap();
        println!("warm {:?}", t.elapsed());
        let r = h.call(Call::ValidateProvider { config: s.provider().block.empty() }).await;
        println!("validate {:?} {:?}", t.elapsed(), r.map(|r| r.diagnostics.len()));
        if round == 0 {
            if let Ok(n) = std::env::var("DUMP") {
                let p = s.part(&Wanted::All).unwrap();
                let w = schema::document::write([(n, &p)]);
                std::fs::write("/work/scratch/prov/dump.json", w).unwrap();
            }
        }
        let mut js = vec![];
        let n: usize = std::env::var("CALLS").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
        let t2 = std::time::Instant::now();
        if n > 0 {
            let blk = s.resource("random_pet").unwrap().unwrap().block.clone();
            let cfg = blk.coerce(&value::Value::object([])).unwrap();
            let h = Arc::new(h);
            h.call(Call::Configure {
                config: s.provider().block.empty(),
                terraform_version: "1.12".into(),
                deferral: Deferral::Refused,
            })
            .await
            .unwrap();
            let sem = Arc::new(tokio::sync::Semaphore::new(10));
            for _ in 0..n {
                let (h, cfg, blk, sem) = (h.clone(), cfg.clone(), blk.clone(), sem.clone());
                js.push(tokio::spawn(async move {
                    let _p = sem.acquire().await;
                    let prior = value::Value::null(blk.ty());
                    let r = h
                        .call(Call::Plan {
                            type_name: "random_pet".into(),
                            prior: prior.clone(),
                            proposed: blk.proposed_new(&prior, &cfg),
                            config: cfg,
                            prior_private: Arc::new([]),
                            prior_identity: None,
                            deferral: Deferral::Refused,
                        })
                        .await
                        .unwrap();
                    assert!(!r.has_errors());
                }));
            }
            for j in js {
                j.await.unwrap();
            }
            println!("{n} plans {:?}", t2.elapsed());
        }
        let t3 = std::time::Instant::now();
        pool.close().await;
        println!("close {:?}", t3.elapsed());
    }
}
