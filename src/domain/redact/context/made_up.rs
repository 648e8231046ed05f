//! Whether what stands where a password could is one: made up by a person, not a word of the sentence, not code.
use super::token;
use crate::domain::redact::shape;

/// Words that stand where a value could, and are none.
pub(super) const NO_VALUES: [&str; 44] = [
    "null",
    "none",
    "nil",
    "true",
    "false",
    "undefined",
    "string",
    "str",
    "text",
    "number",
    "bool",
    "boolean",
    "required",
    "optional",
    "hidden",
    "password",
    "passwd",
    "token",
    "secret",
    "default",
    "empty",
    "unset",
    "missing",
    "invalid",
    "expired",
    "wrong",
    "incorrect",
    "changed",
    "rotated",
    "reset",
    "revoked",
    "changeme",
    "unchanged",
    "redacted",
    "masked",
    "unknown",
    "forgotten",
    "encrypted",
    "prompt",
    "ignore",
    "always",
    "never",
    "auth",
    "username",
];

/// What people say became of a secret, where its value could stand: `Passwort: geändert`. In the languages that comments are
/// read in.
const STATES: &str = "updated replaced renewed refreshed regenerated removed deleted disabled enabled deactivated active inactive \
    valid works working works! tested verified confirmed checked done ready ok okay pending open todo later soon tomorrow today \
    yesterday stored saved set sent shared lost stolen leaked exposed compromised found correct right same old new good bad weak \
    strong fine fixed broken locked blocked refused rejected denied accepted created generated copied moved backed known safe secure \
    yes no see below above attached unclear unavailable \
    geändert erneuert ersetzt aktualisiert gelöscht entfernt widerrufen gesperrt entsperrt abgelaufen ungültig gültig falsch richtig \
    korrekt unbekannt bekannt vergessen verloren gestohlen geleakt kompromittiert neu alt gespeichert gesetzt gesendet getestet \
    geprüft bestätigt erledigt fertig offen ausstehend später bald morgen heute gestern funktioniert geht läuft kaputt deaktiviert \
    aktiviert aktiv inaktiv hinterlegt angefordert angelegt erstellt erzeugt rotiert zurückgesetzt gewechselt getauscht folgt fehlt \
    siehe unten oben ja nein sicher unsicher schwach stark gleich unverändert verschlüsselt geheim \
    gewijzigd veranderd vernieuwd vervangen bijgewerkt verwijderd ingetrokken geblokkeerd verlopen ongeldig geldig fout juist onjuist \
    onbekend bekend vergeten kwijt gestolen gelekt nieuw oud opgeslagen ingesteld verstuurd getest gecontroleerd bevestigd klaar \
    gedaan later straks morgen vandaag gisteren werkt kapot uitgeschakeld ingeschakeld actief inactief aangevraagd aangemaakt \
    gemaakt geroteerd gereset gewisseld volgt ontbreekt zie hieronder hierboven ja nee veilig onveilig zwak sterk hetzelfde \
    ongewijzigd versleuteld geheim \
    changé modifié renouvelé remplacé supprimé révoqué bloqué expiré invalide valide incorrect oublié perdu volé nouveau ancien \
    enregistré testé vérifié confirmé terminé prêt demain hier oui non inconnu désactivé activé réinitialisé \
    cambiado cambiada actualizado renovado renovada reemplazado borrado eliminado revocado bloqueado caducado caducada inválido \
    válido incorrecto correcto olvidado olvidada perdido perdida robado nuevo nueva viejo guardado probado verificado confirmado \
    listo pendiente mañana ayer sí desconocido desactivado activado \
    alterado alterada atualizado trocado trocada removido apagado revogado expirado expirada esquecido esquecida novo nova antigo \
    salvo testado pronto amanhã hoje ontem sim não desconhecido desativado ativado \
    cambiata cambiato aggiornato aggiornata sostituito sostituita rimosso revocato bloccato scaduta scaduto dimenticata dimenticato \
    nuova nuovo vecchia salvata provata domani oggi ieri sconosciuta";

/// Whether this word, in lower case, tells what became of a secret.
pub(super) fn is_state(word: &str) -> bool {
    STATES.split_whitespace().any(|state| state == word)
}

/// Nouns for a password that mean something else as often.
pub(super) const AMBIGUOUS: [&str; 6] = ["pass", "pin", "otp", "passwords", "pw", "wachtwoorden"];

/// Words that carry a number without being a password: what is counted, and products.
const NUMBERED: [&str; 24] = [
    "step",
    "stap",
    "schritt",
    "paso",
    "passo",
    "phase",
    "fase",
    "version",
    "level",
    "chapter",
    "sprint",
    "week",
    "rule",
    "option",
    "ticket",
    "issue",
    "windows",
    "office",
    "iphone",
    "ubuntu",
    "debian",
    "oracle",
    "python",
    "microsoft",
];

/// What nobody writes behind the word "password" but a password: letters and digits that are no name and no number.
pub(super) fn is_made_up(said: &str) -> bool {
    let letters = said.chars().filter(|c| c.is_alphabetic()).count();
    let digits = said.bytes().filter(u8::is_ascii_digit).count();
    let word = said.trim_end_matches(|c: char| c.is_ascii_digit());
    let numbered = shape::is_word(word)
        && (digits < 2
            || word.bytes().all(|b| b.is_ascii_uppercase())
            || NUMBERED.contains(&word.to_ascii_lowercase().as_str()));
    let mut parts = said.split(['-', '_', '.', ':', ',', '@']);
    let named = parts.all(|part| part.len() < 3 || shape::is_word(part) || part.bytes().all(|b| b.is_ascii_digit()));
    said.len() >= 6
        && letters > 2
        && digits > 0
        && said.starts_with(|c: char| c.is_alphanumeric())
        && !said.contains(['/', '.', '(', '[', '{', '='])
        && !numbered
        && !named
        && !token::is_plain(said)
}

/// `getToken(…)`, `input("`, `read(x).text`: code that will have a value.
pub(super) fn is_call(said: &str) -> bool {
    let Some(open) = said.find('(').filter(|open| *open > 0 && said.len() < 60) else {
        return false;
    };
    let name = said[..open]
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':'));
    let behind = said.rfind(')').map_or("", |close| &said[close + 1..]);
    let closed = said[open..].contains(')') || said.ends_with(['(', ',']) || said[..open].contains('.');
    name && closed && (behind.is_empty() || behind.starts_with(['.', '[', ';', ',', ')', '?', '!']))
}
