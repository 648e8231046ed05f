//! What stands beside a key in `.env` and in the environment holds it back before anything is sent.
use super::*;

#[tokio::test]
async fn no_key_is_sent_that_the_environment_moves_elsewhere() {
    let (state, url) = stand_ins().await;
    let settings = ProbeSettings {
        environment: vec![("GROQ_PROXY".to_owned(), "http://llm.example.com".into())],
        ..asking(&url).shared.settings.clone()
    };
    let values = state.issue("groq", &mut fastrand::Rng::new()).unwrap();
    let found = probe(&Prober::new(settings).unwrap(), "groq", &values).await;
    let Some(Hint::Elsewhere(told)) = found.hint else {
        panic!("it was sent");
    };
    assert!(told.exported && state.journal().is_empty());
}

#[tokio::test]
async fn no_key_is_sent_where_the_file_beside_it_cannot_be_read() {
    let (state, url) = stand_ins().await;
    let (project, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = project.path().join(".env");
    let settings = ProbeSettings {
        env: Some(EnvPlace {
            project: project.path().to_owned(),
            file: file.clone(),
        }),
        ..asking(&url).shared.settings.clone()
    };
    let prober = Prober::new(settings).unwrap();
    let values = state.issue("groq", &mut fastrand::Rng::new()).unwrap();
    std::fs::write(&file, b"N\0=\0").unwrap();
    let found = probe(&prober, "groq", &values).await;
    assert!(matches!(found.hint, Some(Hint::EnvUnreadable(_))), "{found:?}");
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(outside.path().join("env"), &file).unwrap();
    std::fs::write(outside.path().join("env"), "A=1\n").unwrap();
    let found = probe(&prober, "groq", &values).await;
    assert!(matches!(found.hint, Some(Hint::EnvUnreadable(_))), "{found:?}");
    assert!(state.journal().is_empty());
    std::fs::remove_file(&file).unwrap();
    assert_eq!(
        probe(&prober, "groq", &values).await.verdict,
        Verdict::Valid,
        "there is none"
    );
}
