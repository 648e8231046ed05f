//! What people say of a password where its value could stand: `Passwort: geändert`, `пароль: нет`, `password: Bitwarden`.
use crate::redact::shape;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Words that are no value however they are written: of code, and what became of a secret in the languages that comments are
/// read in. No such list is ever whole: behind a label in a sentence [`is_talk`] asks for none.
const NO_VALUES: &str = "null none nil true false undefined string str text number bool boolean required optional hidden password passwd \
    token secret default empty unset missing invalid expired wrong incorrect changed rotated reset revoked changeme \
    unchanged redacted masked unknown forgotten encrypted prompt ignore always never auth username \
    updated replaced renewed refreshed regenerated removed deleted disabled enabled deactivated active inactive \
    valid works working works! tested verified confirmed checked done ready ok okay pending open todo later soon \
    tomorrow today yesterday stored saved set sent shared lost stolen leaked exposed compromised found correct right \
    same old new good bad weak strong fine fixed broken locked blocked refused rejected denied accepted created \
    generated copied moved backed known safe secure yes no see below above attached unclear unavailable geändert \
    erneuert ersetzt aktualisiert gelöscht entfernt widerrufen gesperrt entsperrt abgelaufen ungültig gültig falsch \
    richtig korrekt unbekannt bekannt vergessen verloren gestohlen geleakt kompromittiert neu alt gespeichert \
    gesetzt gesendet getestet geprüft bestätigt erledigt fertig offen ausstehend später bald morgen heute gestern \
    funktioniert geht läuft kaputt deaktiviert aktiviert aktiv inaktiv hinterlegt angefordert angelegt erstellt \
    erzeugt rotiert zurückgesetzt gewechselt getauscht folgt fehlt siehe unten oben ja nein sicher unsicher schwach \
    stark gleich unverändert verschlüsselt geheim gewijzigd veranderd vernieuwd vervangen bijgewerkt verwijderd \
    ingetrokken geblokkeerd verlopen ongeldig geldig fout juist onjuist onbekend bekend vergeten kwijt gestolen \
    gelekt nieuw oud opgeslagen ingesteld verstuurd getest gecontroleerd bevestigd klaar gedaan straks vandaag \
    gisteren werkt kapot uitgeschakeld ingeschakeld actief inactief aangevraagd aangemaakt gemaakt geroteerd gereset \
    gewisseld volgt ontbreekt zie hieronder hierboven nee veilig onveilig zwak sterk hetzelfde ongewijzigd \
    versleuteld changé modifié renouvelé remplacé supprimé révoqué bloqué expiré invalide valide oublié perdu volé \
    nouveau ancien enregistré testé vérifié confirmé terminé prêt demain hier oui non inconnu désactivé activé \
    réinitialisé cambiado cambiada actualizado renovado renovada reemplazado borrado eliminado revocado bloqueado \
    caducado caducada inválido válido incorrecto correcto olvidado olvidada perdido perdida robado nuevo nueva viejo \
    guardado probado verificado confirmado listo pendiente mañana ayer sí desconocido desactivado activado alterado \
    alterada atualizado trocado trocada removido apagado revogado expirado expirada esquecido esquecida novo nova \
    antigo salvo testado pronto amanhã hoje ontem sim não desconhecido desativado ativado cambiata cambiato \
    aggiornato aggiornata sostituito sostituita rimosso revocato bloccato scaduta scaduto dimenticata dimenticato \
    nuova nuovo vecchia salvata provata domani oggi ieri sconosciuta";

/// Passwords of letters alone that most people choose (of the lists of the commonest that the NCSC and Have I Been Pwned
/// publish, and what programs come with), and runs of keys of a keyboard.
const COMMONEST: &str = "qwerty qwertz azerty qwertyuiop qwertzuiop azertyuiop asdf asdfgh asdfghjkl zxcvbn zxcvbnm yxcvbnm qazwsx \
    abcdef abcdefg abcdefgh iloveyou letmein monkey dragon sunshine princess football baseball basketball soccer hockey master \
    superman batman spiderman starwars pokemon naruto ninja shadow ashley michael mustang welcome admin administrator login root toor \
    guest test tester testing temp changeit oracle postgres freedom whatever charlie donald jordan harley hunter buster killer george \
    andrew thomas jennifer joshua pepper daniel jessica amanda summer winter spring autumn ginger matthew robert tigger cookie cheese \
    computer samsung flower sunflower lovely chocolate butterfly purple liverpool arsenal chelsea jasmine loveme angel hannah maggie \
    nicole bailey hello internet orange banana silver golden diamond phoenix matrix trustno ferrari corvette mercedes \
    hallo schatz passwort sommer fussball motdepasse doudou soleil bonjour loulou tequiero estrella contraseña amor \
    welkom wachtwoord voetbal amoremio juventus ciao senha brasil flamengo \
    пароль привет любовь йцукен наташа солнышко qwe haslo polska kochanie salasana sifre";

/// Programs that keep passwords or make one-time codes: a number behind their name makes no password of it.
const KEEPERS: [&str; 22] = [
    "bitwarden",
    "vaultwarden",
    "keepass",
    "keepassxc",
    "keepassx",
    "lastpass",
    "dashlane",
    "enpass",
    "1password",
    "nordpass",
    "roboform",
    "passbolt",
    "psono",
    "aegis",
    "authy",
    "2fas",
    "freeotp",
    "yubikey",
    "infisical",
    "akeyless",
    "cyberark",
    "gopass",
];

/// What people log in with.
const LOGINS: [&str; 18] = [
    "user",
    "username",
    "user name",
    "userid",
    "login",
    "account",
    "email",
    "e-mail",
    "benutzer",
    "benutzername",
    "gebruiker",
    "gebruikersnaam",
    "utilisateur",
    "usuario",
    "usuário",
    "utente",
    "логин",
    "пользователь",
];

fn words_of(list: &'static str) -> HashSet<&'static str> {
    list.split_whitespace().collect()
}

/// Whether this word, in lower case, is no value, and tells what became of one.
pub(super) fn is_state(word: &str) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| words_of(NO_VALUES));
    SET.contains(word)
}

fn is_commonest(word: &str) -> bool {
    static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| words_of(COMMONEST));
    SET.contains(word)
}

/// Whether this is a word of the language of its label, or two that are joined, as people say what became of a password:
/// of letters alone, not put together of several, and none of the commonest passwords.
pub(super) fn is_talk(label: &str, said: &str) -> bool {
    const LONGEST: usize = 24;
    let is_sign = |c: char| !c.is_alphanumeric() && (!c.is_ascii() || matches!(c, '*' | '_' | '~'));
    let said = said
        .trim_end_matches(|c: char| is_sign(c) || matches!(c, '!' | '?' | ';' | ')'))
        .trim_start_matches(is_sign);
    let lower = said.to_lowercase();
    let parts = || lower.split(['-', '/']);
    let joined = said
        .chars()
        .zip(said.chars().skip(1))
        .any(|(a, b)| a.is_lowercase() && b.is_uppercase());
    // Behind `пароль` a word of Latin letters comes from elsewhere.
    let foreign = said.is_ascii() && !label.chars().all(is_latin);
    !joined
        && !foreign
        && parts().count() <= 2
        && parts().all(|part| part.chars().count() <= LONGEST && shape::is_foreign_word(part))
        && !parts().any(is_commonest)
}

/// Letters of the alphabet of English, with the accents of others, and all signs.
fn is_latin(c: char) -> bool {
    !c.is_alphabetic() || c < '\u{250}' || ('\u{1e00}'..'\u{1f00}').contains(&c)
}

/// `KeePass2`: the program that keeps the password.
pub(super) fn is_keeper(said: &str) -> bool {
    let lower = said.to_lowercase();
    let name = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    lower.len() - name.len() <= 2 && (KEEPERS.contains(&name) || KEEPERS.contains(&lower.as_str()))
}

/// Whether a line gives what somebody logs in with: `user: ana`, `E-Mail = …`.
pub(super) fn is_login(line: &str) -> bool {
    let Some((label, value)) = line.split_once([':', '=']) else {
        return false;
    };
    let label = label.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    !value.trim().is_empty() && ends_with_login(&label)
}

/// Whether a text ends with a word for what people log in with.
pub(super) fn ends_with_login(text: &str) -> bool {
    let lower = text.to_lowercase();
    LOGINS.iter().any(|login| {
        let before = lower.strip_suffix(login);
        before.is_some_and(|before| !before.ends_with(char::is_alphabetic))
    })
}
