/** Texts about certificates of servers elsewhere, and about ways that are not encrypted. */
export const certificate = {
  "certificate.label": "The certificate that it shows",
  "certificate.for": "For",
  "certificate.names": "Names",
  "certificate.by": "Signed by",
  "certificate.by.itself": "nobody but itself",
  "certificate.nothing": "not said",
  "certificate.from": "Holds from",
  "certificate.until": "Until",
  "certificate.until.past": "{date}, which is past",
  "certificate.from.ahead": "{date}, which is to come",
  "certificate.fingerprint": "SHA-256",
  "certificate.trusted": "Trusted so far",

  "certificate.problem.unknown_issuer": "Its certificate is not trusted: nobody knows who signed it",
  "certificate.problem.self_signed": "Its certificate is not trusted: it is signed by nobody but itself",
  "certificate.problem.expired": "Its certificate has expired",
  "certificate.problem.not_yet_valid": "Its certificate does not hold yet",
  "certificate.problem.wrong_name": "Its certificate is for another name than {name}",
  "certificate.problem.changed": "Its certificate has changed",
  "certificate.problem.another": "It shows another certificate than the one that is trusted",
  "certificate.problem.other": "Its certificate cannot be used: {reason}",
  "certificate.text":
    "Nothing is sent there, no password either, until you trust it. Compare the SHA-256 with the one that the server itself shows, or ask who runs it.",
  "certificate.text.changed":
    "It is not the one that you have trusted. Somebody may stand between you and the server. Trust the new one only if you know that it was replaced.",
  "certificate.compared": "I have compared the SHA-256: it is this server's own",
  "certificate.trust": "Trust this certificate",
  "certificate.ca": "Choose an authority instead",
  "certificate.ca.field": "File with certificates",
  "certificate.ca.hint": "Absolute path of a PEM file with whoever signs this server's certificates.",
  "certificate.ca.use": "Trust who it names",

  "address.trust": "Certificate",
  "address.trust.system": "As this system trusts",
  "address.trust.ca": "Signed by an authority in a file",
  "address.trust.pinned": "Only the one that is trusted now",
  "address.trustAndAdd": "Trust and add",
  "address.trustAndChange": "Trust and change",

  "overheard.title": "The way to it is not encrypted",
  "overheard.text":
    "Whoever carries what is sent, your password among it, can read and change it. Put https before it, or use SSH.",
  "overheard.password": "The way there is not encrypted: whoever carries the password can read it.",
  "overheard.accept": "Send it all the same",
} as const;
