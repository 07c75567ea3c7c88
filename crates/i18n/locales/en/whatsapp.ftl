### WhatsApp: the privacy label, cards and explanations of errors.
### Each explanation says what happened, what it means and what helps next.

channel-privacy-whatsapp = WhatsApp: the messages pass through Meta. Meta knows the phone number or user id and all times, and sees the content, because the encryption ends there. The own chat works without a provider.

## Cards

card-location-name = Place
card-location-address = Address
card-location-coordinates = Coordinates
card-contact-name = Name
card-contact-organisation = Company
card-contact-phone = Phone
card-contact-email = E-mail
card-contact-website = Website
card-contact-vcard = Contact card
card-order-item = Item
card-order-catalogue = Catalogue
card-choice-button = Button
card-choice-row = Choice
card-choice-description = Description
card-choice-id = Id
card-flow-name = Form
card-flow-answer = Answers
card-call-permission-given = Call allowed until
card-call-permission-refused = Call not allowed
card-referral-headline = Advertisement
card-referral-body = Text of the advertisement
card-referral-source = Came through
card-referral-source-id = Id of the source
card-referral-welcome = Greeting in the advertisement
card-referral-product = Product
card-unsupported-type = Kind
card-unsupported-code = WhatsApp code
card-system-welcome = Opened the chat for the first time
card-system-notice = Notice from WhatsApp
card-more = Further lines

## Too fast

whatsapp-4 = The Meta app has reached its call limit. The message has not left yet. While it is waiting it is sent again by itself; if it has failed, please send it once more.
whatsapp-613 = Meta is limiting the number of calls right now. The message has not left yet. While it is waiting it is sent again by itself; if it has failed, please send it once more.
whatsapp-80007 = The WhatsApp account has reached its call limit. The message has not left yet. While it is waiting it is sent again by itself; if it has failed, please send it once more.
whatsapp-130429 = Too many messages a second are passing through this number. The message has not left yet. While it is waiting it is sent again by itself; if it has failed, please send it once more.
whatsapp-131048 = WhatsApp is slowing this number down because too many people blocked or reported it. For now only some new messages get through. Please stop broadcasts and have the quality of the number checked in WhatsApp Manager.
whatsapp-131056 = Too many messages went to this contact in a short time. The message has not left yet. While it is waiting it is sent again by itself; if it has failed, please send it once more.
whatsapp-131064 = WhatsApp takes no further messages for this recipient right now. The message has not left yet. While it is waiting it is sent again by itself; if it has failed, please send it once more.
whatsapp-133016 = The number was registered or removed too often. WhatsApp blocks this for some hours. Please try again later and have an administrator check the registration of the number.
whatsapp-too-fast = WhatsApp's server asks for a pause. The message has not left yet. While it is waiting it is sent again by itself; if it has failed, please send it once more.

## Disruptions

whatsapp-1 = An unknown error occurred at WhatsApp. The message was not accepted. While it is waiting it is sent again by itself; if it has failed, please send it once more. If this goes on, WhatsApp's status page may tell more.
whatsapp-2 = WhatsApp's service is overloaded or under maintenance. The message was not accepted. While it is waiting it is sent again by itself; if it has failed, please send it once more.
whatsapp-131000 = Something went wrong at WhatsApp. The message was not delivered. While it is waiting it is sent again by itself; if it has failed, please send it once more.
whatsapp-131016 = A WhatsApp service is temporarily unavailable. The message was not accepted. While it is waiting it is sent again by itself; if it has failed, please send it once more.
whatsapp-131052 = WhatsApp could not load the file. The message did not get through without it. Please ask the contact to send it again, or attach your own file once more.
whatsapp-131053 = WhatsApp could not process the file. Often the content does not match the file type, or the format is not supported. Please convert the file to a common format (JPEG, PNG, MP4, PDF) and send it again.
whatsapp-131057 = The WhatsApp account is under maintenance, for example for a throughput upgrade. The message has not left yet. While it is waiting it is sent again by itself; if it has failed, please send it once more.
whatsapp-133004 = The server for this number is temporarily unavailable. The message was not accepted. While it is waiting it is sent again by itself; if it has failed, please send it once more.
whatsapp-no-answer = The file did not reach WhatsApp completely. The message has not been sent yet. While it is waiting it is sent again by itself; if it has failed, please send it once more.
whatsapp-not-connected = WhatsApp could not be reached. The message was not sent. While it is waiting it is sent again by itself; if it has failed, please send it once more. If this goes on, please have the server's internet connection checked.

## Reply window

whatsapp-131047 = More than 24 hours have passed since the contact's last message. WhatsApp no longer allows free text then. Please send an approved template, or wait until the contact writes again.

## Recipient

whatsapp-130472 = WhatsApp does not deliver this message because the contact is part of a Meta experiment. There is no way around it. Please write in another way, or wait until the contact gets in touch.
whatsapp-130497 = WhatsApp does not allow this account to write to the contact's country. The message was not delivered. Please use another channel.
whatsapp-131021 = Sender and recipient are the same number. WhatsApp does not deliver that. Please check the contact's address.
whatsapp-131026 = The message cannot be delivered to this contact. They may not use WhatsApp, may have an old version, or may not have accepted new terms. Please use another channel.
whatsapp-131030 = The number is not on the list of allowed recipients. This applies to test numbers only. Please add the number at Meta, or use a real sender number.
whatsapp-131049 = WhatsApp did not deliver this marketing message because the contact has received enough of them lately. Sending again does not help. Please try again after 24 hours at the earliest.
whatsapp-131050 = The contact has stopped our marketing messages in WhatsApp. The message was not delivered. Please send them no more marketing; answers to their questions remain possible.
whatsapp-137000 = The contact's security key has changed. Another person may be using this number now. Please find out who is writing before you send anything confidential.
whatsapp-authentication-needs-phone = Templates with confirmation codes go to phone numbers only. For this contact only a user id is known. Please ask the contact for their number, or send the code in another way.
whatsapp-recipient-unfit = This address is not a WhatsApp address. The message was not sent. Please check the contact's address.
whatsapp-unexplained = WhatsApp did not deliver the message and gave no reason. It will not arrive. Please send it again or use another channel.

## Templates

whatsapp-132000 = The number of filled-in fields does not match the template. The message was not sent. Please reload the templates and fill in every field.
whatsapp-132001 = This template does not exist in this language or is not approved. The message was not sent. Please reload the templates and choose an approved one.
whatsapp-132005 = The template's filled-in text is too long. The message was not sent. Please use shorter values.
whatsapp-132007 = A filled-in text breaks WhatsApp's rules for templates. The message was not sent. Please avoid line breaks, many spaces and special characters in the fields.
whatsapp-132008 = A filled-in value does not have the form the template asks for. The message was not sent. Please check the fields.
whatsapp-132012 = A filled-in value does not match the template, such as text in place of a picture. The message was not sent. Please reload the templates and check the fields.
whatsapp-132015 = WhatsApp has paused this template because of poor feedback. It cannot be sent for now. Please choose another template and tell an administrator.
whatsapp-132016 = WhatsApp has disabled this template for good. It can no longer be sent. Please choose another template and have a new one created.
whatsapp-132018 = The values given for the template are not valid. The message was not sent. Please reload the templates and check the fields.
whatsapp-132068 = The form in this template is blocked. The message was not sent. Please choose another template and tell an administrator.
whatsapp-132069 = WhatsApp is slowing down the form in this template. The message was not sent. Please try again later and tell an administrator.
whatsapp-template-unfit = The template is not filled in completely. The message was not sent. Please fill in every field.

## Request

whatsapp-33 = The sender number no longer exists at WhatsApp. The message was not sent. Please have an administrator check the channel's settings.
whatsapp-100 = WhatsApp did not understand a value in the request. The message was not sent. Please simplify the content; if that does not help, tell an administrator.
whatsapp-131008 = A value is missing in the request to WhatsApp. The message was not sent. Please simplify the content; if that does not help, tell an administrator.
whatsapp-131009 = A value in the request is not valid for WhatsApp. The message was not sent. Please check the text, choices and file.
whatsapp-131020 = A value in the request is not valid for WhatsApp. The message was not sent. Please check the text, choices and file.
whatsapp-131051 = WhatsApp does not support this kind of message here. The message was not sent. Please send it as text or as a file.
whatsapp-131062 = This message may not go to a user id, only to a phone number. The message was not sent. Please ask the contact for their number.
whatsapp-131063 = Marketing templates are switched off for this account on this path. The message was not sent. Please have an administrator check the settings at Meta.
whatsapp-135000 = WhatsApp could not send the message because of its content. No exact reason was given. Please simplify the content and send it again.
whatsapp-caption-too-long = The text that goes with the file is too long. WhatsApp allows 1024 characters there. Please send the text as a message of its own.
whatsapp-choices-unfit = The choices do not fit a WhatsApp message. Allowed are 3 buttons of 20 characters or 10 rows of 24 characters, all different. Please shorten the choices.
whatsapp-file-missing = The attached file no longer exists. The message was not sent. Please attach the file again.
whatsapp-file-too-large = The file is too large. WhatsApp allows 100 MB at most. Please make the file smaller or send a link.
whatsapp-target-missing = WhatsApp does not know the message this refers to. The reaction was not sent. Please answer with text.
whatsapp-text-length = The text is empty or longer than WhatsApp allows here (4096 characters, 1024 with choices). The message was not sent. Please shorten the text.
whatsapp-other = WhatsApp refused the message. It will not arrive. Please check the content and send it again; if that does not help, tell an administrator the code shown.

## Account

whatsapp-0 = WhatsApp does not accept our access. Until this is solved nothing leaves on this channel. Please have an administrator renew the channel's access token.
whatsapp-3 = The app lacks a permission at Meta. Until this is solved nothing leaves on this channel. Please have an administrator check the permissions.
whatsapp-10 = The permission to send was not granted or was taken away. Until this is solved nothing leaves on this channel. Please have an administrator check the permissions.
whatsapp-190 = The access token has expired or is not valid. Until it is renewed nothing leaves on this channel. Please have an administrator enter a new token.
whatsapp-200 = The app lacks a permission at Meta. Until this is solved nothing leaves on this channel. Please have an administrator check the permissions.
whatsapp-368 = Meta has blocked the account for a while because of a policy violation. Until it is released nothing leaves on this channel. Please have the reason checked and appealed in WhatsApp Manager.
whatsapp-131005 = Access to this number was denied. Until this is solved nothing leaves on this channel. Please have an administrator check the permissions.
whatsapp-131031 = Meta has locked the WhatsApp account. Until it is released nothing leaves on this channel. Please have the reason checked in WhatsApp Manager.
whatsapp-131037 = The number's display name is not approved yet. Until then nothing leaves on this channel. Please have the name approved in WhatsApp Manager.
whatsapp-131042 = Something is wrong with the payment method of the WhatsApp account. Paid messages are not delivered. Please have an administrator check the payment details at Meta.
whatsapp-131044 = Something is wrong with the payment method of the WhatsApp account. Paid messages are not delivered. Please have an administrator check the payment details at Meta.
whatsapp-131045 = The number is not registered properly at WhatsApp. Until this is solved nothing leaves on this channel. Please have an administrator register the number again.
whatsapp-133005 = The number's PIN is wrong. The number is therefore not registered. Please have an administrator check the PIN.
whatsapp-133006 = The number must be verified again. Until then nothing leaves on this channel. Please have an administrator start the verification.
whatsapp-133010 = The number is not registered at WhatsApp. Until this is solved nothing leaves on this channel. Please have an administrator register the number.
whatsapp-refused-access = WhatsApp's server refused our access. Until this is solved nothing leaves on this channel. Please have an administrator check the channel's settings.
whatsapp-settings = The settings of this channel are incomplete. Until this is solved nothing leaves on this channel. Please have an administrator complete them.
