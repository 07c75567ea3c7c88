# Why a message did not arrive, by class of failure (domain::delivery::FailureClass). A provider
# may have sentences of its own for its codes; these hold otherwise.

delivery-pace = The provider asks for a slower pace. We will try again in a moment.
delivery-transient = The provider could not be reached just now. We will try again.
delivery-window = The reply window was closed. A template is possible.
delivery-recipient = The message cannot be delivered to this person like this.
delivery-opted-out = The person does not want messages of this kind.
delivery-template = The template cannot be used at the provider.
delivery-request = The provider did not accept the message in this form.
delivery-account = The provider does not accept our access. An administrator must check the channel.
delivery-unknown = It is not certain whether the message arrived. It is not sent again by itself; that is your decision.
secret-over = The message could not be sent in time; what it was to open has expired. Send a new one.
