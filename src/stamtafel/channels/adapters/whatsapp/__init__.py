"""WhatsApp (Cloud API): answers to who wrote to the municipality's number. There is no public posting."""
