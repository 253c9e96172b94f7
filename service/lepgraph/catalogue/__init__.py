"""What harvesters read: the catalogue (DCAT-AP 3) and its pages, VoID with true counts, the service description."""
