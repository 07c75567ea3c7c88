# The privacy notice of the own chat (Art. 13 GDPR) that holds until a company writes its own.
# Whoever changes a sentence changes the fact in the program too: it promises only what is done.

notice-title = Privacy notice

notice-summary = { $retention_days ->
    [one] Your messages lie on the server of { $company } and are erased after one day.
   *[other] Your messages lie on the server of { $company } and are erased after { $retention_days } days.
}

notice-text =
    Who is responsible
    { $controller }
    Questions about privacy: { $contact_email }

    What we store and why
    We store what you write and send here, the times, your language and, if you give it, your name. We need this to deal with your request.

    Legal basis
    If it is about a contract with us or about preparing one, it is Art. 6(1)(b) GDPR. For all other requests it is Art. 6(1)(f) GDPR: our interest in answering you.

    Who reads along
    Only you and those employees of { $company } who deal with requests. No messenger provider takes part in this chat. If a service provider runs our server, it does so on our instructions only.

    How long
    { $retention_days ->
        [one] One day after the last message the conversation is erased.
       *[other] { $retention_days } days after the last message the conversation is erased.
    } Only what the law makes us keep stays longer.

    On your device
    So that the conversation belongs to you, we set a cookie when you write for the first time. From then on your browser also keeps what you wrote and have not yet sent, your choices of language and appearance, and this page, so that it opens without a network too. All of this is strictly necessary for the chat (§ 25(2) no. 2 of the German TDDDG) and tracks nothing. When you leave the chat through the menu, your browser erases it again.

    Your rights
    You may ask for access, correction, erasure and restriction, and take your data along (Art. 15 to 20 GDPR). Write here or to { $contact_email }. You may complain to a data protection authority.

    Your right to object
    Where we rely on our interest (Art. 6(1)(f) GDPR), you may object at any time on grounds relating to your particular situation (Art. 21 GDPR). You may always object to advertising.

    Of your own will
    You do not have to tell us anything here. Without a message we just cannot answer. No automated decision is made about you.

# What somebody reads who is asked to agree. Nothing in it advertises.
consent-question = { $company } asks: do you agree to “{ $purpose }” this way? With “Yes, confirm” your consent holds from now on; with “No” nothing happens. You can withdraw at any time, for example with the word STOP.
consent-summary = You agree that { $company } sends you “{ $purpose }” in this chat. One more tap confirms it. You can withdraw here at any time with one tap.
consent-yes = Yes, confirm
consent-no = No
consent-withdrawn = Your withdrawal has arrived: { $company } sends you no marketing this way. You still get answers to your requests.
