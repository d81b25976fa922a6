"""Electronic signatures through a federated signature service (ID-25).

We prepare what is to be signed and send a signed request by the person's browser; the service
identifies the person anew, shows what is signed, makes a certificate for this one signature
and answers. Nothing is believed of the answer before all of it has been checked.
"""
