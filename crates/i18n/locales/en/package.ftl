# The copy of what is kept about somebody (Art. 15 and 20 GDPR), and "My data".

package-title = Your data at { $company }
package-made = This copy was made on { $when }. It is yours; keep it as you keep your post.
package-contents = Contents
package-talk = Conversation { $number } · { $channel }
package-files-about = The folder "files" holds your files; "data.json" and the files beside each conversation hold the same for programs. "manifest.sha256" names the digest of every file, "manifest.signed" is the signature under it.
package-notes-apart = { $count ->
    [one] The team also has one note about your concern. It may hold data of others; data protection checks that and hands it out on request: { $mail }.
   *[other] The team also has { $count } notes about your concern. They may hold data of others; data protection checks that and hands them out on request: { $mail }.
}
package-back = To the overview
package-earlier = Earlier
package-later = Later
package-author-you = You
package-author-company = The company
package-note = Note of the team · { $when }

package-controller = Who is responsible
package-contact = Questions about data protection: { $mail }
package-you = You
package-name = Name
package-language = Language
package-since = Since
package-id = Your id
package-channels = How you write with us, and where the data goes
package-address = Address
package-used = Last used
package-ended = Given up
package-own-server = The messages are kept on the server of { $company }. No other provider is involved.
package-conversations = Conversations
package-channel = Way
package-begun = Begun
package-last = Last message
package-erased = Erased on
package-kept = kept at present
package-consents = Consents
package-consents-none = You agreed to nothing. You get no advertising.
package-state = State
package-consent-granted = allowed
package-consent-withdrawn = withdrawn
package-consent-refused = refused
package-consent-pending = confirmation pending
package-consent-requested = asked for
package-consent-expired = expired
package-consent-outdated = outdated, no longer valid
package-consent-lapsed = not confirmed
package-notices = What you were shown about data protection
package-notice = Version { $version }, shown on { $when }
package-readings = Who read your data
package-readings-about = Every reading is recorded. Only the company knows who a sign belongs to; with you it is always the same person.
package-when = When
package-by = Who
package-did = What
package-keeping = How long things stay
package-keeping-rule = { $days ->
    [one] A conversation is erased one day after its last message, with everything in it.
   *[other] A conversation is erased { $days } days after its last message, with everything in it.
}
package-held = Something has to be kept for a legal dispute at present. It is erased when the reason is gone.
package-restricted = Since { $since } processing is restricted: your data is only kept.
package-was-restricted = From { $since } to { $until } processing was restricted.
package-rights = Your rights
package-rights-text = You may ask for access, correction, erasure and restriction, take your data along, and object (Art. 15 to 21 GDPR). Much of it is possible at once on the page "My data"; for everything else write to { $mail }.
package-complain = You may complain to a supervisory authority for data protection, for example the one where you live.

package-channel-webchat = Own chat
package-channel-whatsapp = WhatsApp

# Who outside learns something, by name (domain::recipients).
recipient-meta-cloud-api = Meta Platforms Ireland Limited, Ireland, as our processor: it carries the messages and for that knows your telephone number or user id, the times and the content, because encryption ends there. Data may reach the USA; the ground is the adequacy decision on the EU-US Data Privacy Framework.
recipient-whatsapp-ireland = WhatsApp Ireland Limited, Ireland, as a controller of its own: it runs the service you use and knows your account, your device and when you write with us. Data may reach the USA; the ground is the adequacy decision on the EU-US Data Privacy Framework.

# Who read, without names.
reader-service = Customer service
reader-data-protection = Data protection
reader-administration = Administration
reader-program = Program
read-timeline = read messages
read-list = saw the last message in a list
read-live = saw a new message
read-contact = looked at your details
read-attachment = opened a file
read-search = saw your words in a search
read-consents = looked at your consents
read-consent-package = handed out proofs of your consents
read-request = worked on your request
read-export = handed out a copy of your data
read-other = read something

# "My data" without scripts, where the chat is not known.
package-closed-title = My data
package-closed = This page opens in the browser in which you write with us in the chat. Open it there.

# Fixed texts: the way to one's own data. What is secret is read only by whom it is for.
my-data-link = Here you see what is stored about you, and can change it: { $url } The link is good for a quarter of an hour and opens once.
my-data-code = Your code for "My data": { $code } It is good for ten minutes. Give it to nobody; we never ask you for it.
my-data-lifted = Lifted by the person itself, on the page "My data".
