"""Letters and receipts as accessible PDF (PDF/UA-1 and PDF/A-2a), set by typst."""
