"""The e-ID layer: a SAML message in, an Identity or a refusal out.

It knows nothing of the web framework, the database or the domain. What it needs from them
comes in through the Protocols of `claims`.
"""
