// Proof of work for a form that is under attack. Only pages with such a form load this.
import { proofOfWork } from "../shared/pow-field";

const field = document.querySelector<HTMLInputElement>("input[data-proof]");
if (field) void proofOfWork(field);
